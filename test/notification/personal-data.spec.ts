import { inspect } from 'node:util';
import { VisitorEmail } from '../../src/auth/events/visitor-email.js';
import { addressPrefix } from '../../src/notification/channels/discord/address-prefix.js';

describe('VisitorEmail', () => {
  it.each([
    ['alice@example.com', 'a•••@example.com'],
    ['a@example.com', 'a•••@example.com'],
    ['"odd@local"@example.com', '"•••@example.com'],
    ['e\u0301lan@example.com', 'e\u0301•••@example.com'],
  ])('should mask %s', (address, masked) => {
    expect(new VisitorEmail(address).masked).toBe(masked);
  });

  it('should give the address only to whoever asks for it', () => {
    const email = new VisitorEmail('alice@example.com');
    for (const shown of [String(email), JSON.stringify({ email }), inspect(email, { showHidden: true })]) {
      expect(shown).not.toContain('alice');
    }
    expect(email.reveal()).toBe('alice@example.com');
  });
});

describe('addressPrefix', () => {
  it.each([
    ['203.0.113.77', '203.0.113.0/24'],
    ['::ffff:203.0.113.77', '203.0.113.0/24'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1::/48'],
    ['::1', '::/48'],
    ['not an address', 'unknown'],
  ])('should keep of %s no more than %s', (address, prefix) => {
    expect(addressPrefix(address)).toBe(prefix);
  });
});
