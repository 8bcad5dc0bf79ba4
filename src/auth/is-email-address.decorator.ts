import { isEmail, registerDecorator } from 'class-validator';
import { MAX_EMAIL_LENGTH } from './email-address.js';

/** Refuses what is not an e-mail address of at most {@link MAX_EMAIL_LENGTH} characters. */
export function IsEmailAddress(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isEmailAddress',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        // The library percent-encodes the address to measure it, and throws on a lone surrogate.
        validate: (value: unknown) =>
          typeof value === 'string' &&
          value.isWellFormed() &&
          value.length <= MAX_EMAIL_LENGTH &&
          isEmail(value),
        defaultMessage: () => `must be an e-mail address of at most ${MAX_EMAIL_LENGTH} characters`,
      },
    });
  };
}
