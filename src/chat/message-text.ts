import { registerDecorator } from 'class-validator';

/**
 * Refuses text that cannot be stored and read back unchanged: NUL, which PostgreSQL's text does not hold,
 * and lone surrogates, which UTF-8 does not have.
 */
export function IsStorableText(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isStorableText',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) =>
          typeof value === 'string' && value.isWellFormed() && !value.includes('\u0000'),
        defaultMessage: () => 'must not contain NUL or lone surrogates',
      },
    });
}

/** Refuses text without a single visible character. */
export function IsNotBlank(): PropertyDecorator {
  return (target, property) =>
    registerDecorator({
      name: 'isNotBlank',
      target: target.constructor,
      propertyName: property as string,
      validator: {
        validate: (value: unknown) => typeof value === 'string' && value.trim() !== '',
        defaultMessage: () => 'must not be empty',
      },
    });
}

/** Length in Unicode code points, which is what JSON Schema's `maxLength` counts. */
export function codePointLength(text: string): number {
  let length = 0;
  for (let index = 0; index < text.length; length += 1) {
    index += (text.codePointAt(index) as number) > 0xffff ? 2 : 1;
  }
  return length;
}
