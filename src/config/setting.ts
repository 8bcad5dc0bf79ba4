import { makeExactValidator, type OptionalValidatorSpec, type RequiredValidatorSpec } from 'envalid';
import { strictly, type Format } from './formats/format.js';

/** What a reader of .env.example and of the README learns about a setting. */
export interface SettingDocumentation {
  /** What the setting does, in one sentence. */
  readonly about: string;
  /** What is right, to finish the sentence "must be …". */
  readonly accepts: string;
  /** A right value, written as in .env: the default, or an example where there is no fixed default. */
  readonly sample: string;
  /** What holds while it is not set; undefined when the sample is the default. */
  readonly unset: string | undefined;
  /** Whether no error and no log may show the value. */
  readonly secret: boolean;
}

interface Documented {
  readonly documentation: SettingDocumentation;
}

/** A setting that always has a value. */
export type Setting<T> = RequiredValidatorSpec<T> & Documented;

/** A setting that may be absent. */
export type OptionalSetting<T> = OptionalValidatorSpec<T> & Documented;

type SettingValue = string | number | boolean | object;

interface SettingTraits {
  readonly about: string;
  readonly default: string;
}

interface OptionalSettingTraits {
  readonly about: string;
  readonly unset: string;
  readonly example: string;
  readonly secret?: true;
}

/**
 * A setting with a fixed default. The default is a text like any the operator could write and is read by the
 * same format, so the documents cannot name another default than the one in force.
 */
export function setting<T extends SettingValue>(
  format: Format<T>,
  { about, default: sample }: SettingTraits,
): Setting<T> {
  const parse = strictly(format, false);
  return {
    ...makeExactValidator(parse)({ default: parse(sample) }),
    documentation: { about, accepts: format.accepts, sample, unset: undefined, secret: false },
  };
}

/** A setting without a fixed default: absent, or derived from others once all of them are known. */
export function optionalSetting<T extends SettingValue>(
  format: Format<T>,
  { about, unset, example, secret }: OptionalSettingTraits,
): OptionalSetting<T> {
  const isSecret = secret === true;
  return {
    ...makeExactValidator(strictly(format, isSecret))({ default: undefined }),
    documentation: { about, accepts: format.accepts, sample: example, unset, secret: isSecret },
  };
}
