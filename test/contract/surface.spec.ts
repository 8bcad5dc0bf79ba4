import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { surfaceOf } from '../../src/common/openapi/api-surface.js';

type Document = Parameters<typeof surfaceOf>[0];

const ROOT = join(__dirname, '..', '..');
const read = (path: string): unknown => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

describe('The list of the names clients are written against', () => {
  it('should be that of the description', () => {
    expect(surfaceOf(read('openapi.json') as Document)).toEqual(read('contract/surface.json'));
  });

  it('should be the same for old generators', () => {
    expect(surfaceOf(read('openapi-3.0.json') as Document)).toEqual(read('contract/surface.json'));
  });

  it('should show a renamed operation, and a new value of an enumeration, of a component as of a parameter', () => {
    const text = readFileSync(join(ROOT, 'openapi.json'), 'utf8');
    const changed = text
      .replace('"operationId": "sendMessage"', '"operationId": "postMessage"')
      .replace('"answered",\n', '"answered", "postponed",\n')
      .replaceAll('"ui-messages"', '"ui-messages-2"');
    const { operations, enums } = surfaceOf(JSON.parse(changed) as Document);
    expect(operations).toMatchObject({ postMessage: 'POST /chat' });
    expect(operations).not.toHaveProperty('sendMessage');
    expect(enums['streamMessage.protocol']).toContain('ui-messages-2');
    expect(enums['TurnOutcome']).toContain('postponed');
  });
});

describe('The description for old generators', () => {
  const document = read('openapi-3.0.json') as {
    openapi: string;
    paths: Record<string, Record<string, { responses: Record<string, { content?: Record<string, unknown> }> }>>;
  };

  it('should hold nothing that is new in 3.1', () => {
    expect(document.openapi).toBe('3.0.3');
    expect(JSON.stringify(document)).not.toMatch(/"type":\[|"const":/);
  });

  it('should describe a stream as the text it is', () => {
    expect(document.paths['/chat/stream']?.['post']?.responses['200']?.content).toEqual({
      'text/event-stream': { schema: { type: 'string' } },
    });
  });
});
