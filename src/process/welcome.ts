import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration.js';

const JSON_BODY = `-H 'content-type: application/json'`;
const TAKE_TOKEN = `sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/'`;

/** Says that the service is up, and to a newcomer where to go from here. */
export function welcome(url: string, configuration: Configuration, logger: Logger): void {
  logger.info({ msg: `Parley is ready at ${url}`, docs: `${url}/docs` });
  if (configuration.environment === 'production') {
    return;
  }
  const models = configuration.ai.models.map(({ provider, model }) => `${provider}:${model}`).join(', ');
  const answeredBy =
    configuration.ai.models[0].provider === 'offline'
      ? 'the built-in offline responder (set GOOGLE_API_KEY or AI_MODELS to use a language model)'
      : models;
  const signIn = configuration.auth.verifiesEmail ? signInByCode(url) : signInAtOnce(url);
  process.stdout.write(`
  Parley is ready at ${url}
  Try it in a browser:   ${url}/docs
  Answers come from ${answeredBy}.

  Or from a shell:
${signIn}
    curl -s ${url}/chat -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
      -d '{"message":"Hello, how can you help me?"}'

`);
}

function signInAtOnce(url: string): string {
  return `    TOKEN=$(curl -s ${url}/auth/email ${JSON_BODY} \\
      -d '{"email":"you@example.com"}' | ${TAKE_TOKEN})`;
}

function signInByCode(url: string): string {
  return `    curl -s ${url}/auth/email ${JSON_BODY} -d '{"email":"you@example.com"}'
    CODE=…   # from the mail, or from the log where none is sent
    TOKEN=$(curl -s ${url}/auth/email/verify ${JSON_BODY} \\
      -d '{"email":"you@example.com","code":"'$CODE'"}' | ${TAKE_TOKEN})`;
}
