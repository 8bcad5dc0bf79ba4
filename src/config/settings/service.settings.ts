import { oneOf, path } from '../formats/text.formats.js';
import { optionalSetting, setting } from '../setting.js';

export const SERVICE_SETTINGS = {
  NODE_ENV: setting(oneOf('development', 'test', 'production'), {
    about: 'What the service runs as; production refuses missing and sample secrets.',
    default: 'development',
  }),
  DATA_DIR: setting(path, {
    about: 'Folder of the embedded database and of generated secrets, seen from the working directory.',
    default: './data',
  }),
  LOG_LEVEL: setting(oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'), {
    about: 'The least severe events that are logged.',
    default: 'info',
  }),
  LOG_FORMAT: optionalSetting(oneOf('json', 'pretty'), {
    about: 'One JSON object a line for machines, or coloured lines for people.',
    unset: 'pretty on a terminal, else json',
    example: 'json',
  }),
};
