import type { Logger } from 'pino';
import type { Configuration } from '../config/configuration.js';

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
  process.stdout.write(`
  Parley is ready at ${url}
  Try it in a browser:   ${url}/docs
  Answers come from ${answeredBy}.

  Or from a shell:
    TOKEN=$(curl -s ${url}/auth/email -H 'content-type: application/json' \\
      -d '{"email":"you@example.com"}' | sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
    curl -s ${url}/chat -H "authorization: Bearer $TOKEN" -H 'content-type: application/json' \\
      -d '{"message":"Hello, how can you help me?"}'

`);
}
