import { registerDecorator } from 'class-validator';
import { isEmailAddress, MAX_EMAIL_LENGTH } from './email-address.js';

/** Refuses what is not an e-mail address of at most {@link MAX_EMAIL_LENGTH} octets. */
export function IsEmailAddress(): PropertyDecorator {
  return (target, property) => {
    registerDecorator({
      name: 'isEmailAddress',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && isEmailAddress(value),
        defaultMessage: () => `must be an e-mail address of at most ${MAX_EMAIL_LENGTH} characters`,
      },
    });
  };
}
