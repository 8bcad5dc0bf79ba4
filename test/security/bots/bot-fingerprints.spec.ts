import { BotFingerprints } from '../../../src/security/bots/bot-fingerprints.js';

describe('The names of what the bot rule counts', () => {
  const fingerprints = new BotFingerprints('a key');

  it('should be the same for replicas that share the key, and no others', () => {
    const name = fingerprints.key('sign-ins-per-email', 'visitor@example.com');
    expect(name).toMatch(/^parley:bot:sign-ins-per-email:[\w-]{22}$/);
    expect(new BotFingerprints('a key').key('sign-ins-per-email', 'visitor@example.com')).toBe(name);
    expect(new BotFingerprints('b key').key('sign-ins-per-email', 'visitor@example.com')).not.toBe(name);
  });

  it('should differ by part, and by where one value ends and the next begins', () => {
    const names = [
      fingerprints.key('sign-ins-per-email', 'ab'),
      fingerprints.key('repeated-messages', 'ab'),
      fingerprints.key('repeated-messages', 'a', 'b'),
      fingerprints.key('repeated-messages', 'a', 'b', ''),
      fingerprints.key('repeated-messages', 'a","b'),
    ];
    const digests = names.map((name) => name.split(':').at(-1));
    expect(new Set(digests).size).toBe(names.length);
  });
});
