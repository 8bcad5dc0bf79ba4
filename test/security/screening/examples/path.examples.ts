import type { Examples } from './example.js';

export const PATH_EXAMPLES: Examples = {
  'path.traversal-to-target': ['../../etc/passwd', "import { x } from '../../lib/passwords';"],
  'path.deep-traversal': ['../../../../../../x', 'cd ../../src and run it.'],
  'path.rooted-traversal': ['/srv/../../x', 'Wait... /srv is full.'],
  'path.encoded-traversal': ['..%2f..%2fx', 'The file is in a%2fb of the bucket.'],
  'path.overlong-encoding': ['..%c0%afx', 'The price rose 3%, c. 80%.'],
  'path.encoded-dot-file': ['%2ehtaccess', 'Edit the .htaccess file of the site.'],
  'path.null-byte': ['../x.php%00.png', 'The byte %00 ends a string in C.'],
  'path.wrapper-scheme': ['php://filter/read=x', 'https://example.com/php'],
  'path.bare-target': ['/etc/passwd', 'i am afraid to edit /etc/shadow, are you sure?'],
};

export const TEMPLATE_EXAMPLES: Examples = {
  'template.arithmetic-probe': ['{{8*8}}', 'Is {8} * {8} = 64 a set?'],
  'template.object-climb': ["''.__class__.__mro__", 'Call __init__ in the class.'],
  'template.runs-code': ["{{x.popen('y')}}", 'The door {{name}} pops open at nine.'],
  'template.secret-read': ['{{config}}', 'Write {{ title }} in the page.'],
  'template.lookup': ['${jndi:ldap://evil.test/x}', 'echo ${HOME}'],
  'template.directive': ["<#assign x='y'?new()>", 'See the #assignment on page 3.'],
  'template.server-expression': ['<%= `x` %>', 'The tag <%= name %> prints a name.'],
  'template.polyglot': ["{{'a'.toUpperCase()}}", 'Use {{ name }} and %{count} here.'],
};

export const NOSQL_EXAMPLES: Examples = {
  'nosql.parameter-operator': ['pin[$ne]=0', 'The cost [$5] is low.'],
  'nosql.always-true-operator': ['{"pin": {"$gt": ""}}', 'db.pets.find({age: {$gt: 21}})'],
  'nosql.server-script': ['{"$where": "sleep(9)"}', 'Where does the $ sign go?'],
  'nosql.logical-operator': ['{"$or": [{}, {"a": 1}]}', '{"or": ["a", "b"]}'],
  'nosql.script-breakout': ["x'; return true; var y='", "The 'x'; return it please."],
  'nosql.script-comparison': ['x || 1==1//', 'if (a || b) { return c; }'],
  'nosql.busy-loop': [
    'x=new Date();do{y=new Date();}while(y-x<9000);',
    'new Date() returns the time while (a) is set.',
  ],
  'nosql.query-closed': ['}, { pin : /.*/ }', 'f({ a: 1 }, { b: 2 })'],
  'nosql.graph-statement': ['MATCH (n) DETACH DELETE n', 'Detach the cable and delete the file.'],
  'nosql.database-call': ['db.pets.drop()', 'The db is slow to insert (rows).'],
};

export const LDAP_EXAMPLES: Examples = {
  'ldap.filter-breakout': ['bob)(role=*', 'f(x)(y) is curried.'],
  'ldap.known-attribute': ['x)(uid=*', 'The uid = 7 (root) user.'],
  'ldap.wildcard-breakout': ['*)(|x', 'a * (b | c)'],
  'ldap.null-terminated': ['*)\u0000', 'Ends here (x).'],
  'ldap.full-filter': ['(&(a=b)(c=d))', '(a & b) = (c)'],
  'ldap.xpath-breakout': ["x' or name()='y", 'Its name (or count) is unknown.'],
};
