import type { LoggerService } from '@nestjs/common';
import { pino, stdSerializers, type DestinationStream, type Logger } from 'pino';
import type { Configuration } from '../../config/configuration.js';
import { currentRequestContext } from '../http/request-context.js';

/**
 * One JSON object per line on standard output; readable text when LOG_FORMAT is `pretty`. Every line that
 * is written while a request is served carries that request's id and session.
 */
export async function createPino(
  settings: Configuration['log'],
  output?: DestinationStream,
): Promise<Logger> {
  return pino(
    {
      level: settings.level,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: stdSerializers.err },
      mixin: () => {
        const context = currentRequestContext();
        return context === undefined
          ? {}
          : { request_id: context.requestId, ...(context.sessionId && { session_id: context.sessionId }) };
      },
    },
    output ?? (await destination(settings.format)),
  );
}

async function destination(format: Configuration['log']['format']): Promise<DestinationStream> {
  if (format === 'json') {
    return pino.destination({ dest: 1, sync: true });
  }
  const { PinoPretty } = await import('pino-pretty');
  return PinoPretty({
    destination: 1,
    sync: true,
    ignore: 'context',
    messageFormat: '{if context}[{context}] {end}{msg}',
  });
}

/** Nest tells every module and route it wires up, at each start. */
const WIRING_CONTEXTS = new Set([
  'NestFactory',
  'InstanceLoader',
  'RoutesResolver',
  'RouterExplorer',
  'NestApplication',
]);

/** Sends what Nest and our own classes log through `new Logger(name)` to pino. */
export class PinoNestLogger implements LoggerService {
  constructor(private readonly pino: Logger) {}

  log(message: unknown, ...rest: unknown[]): void {
    const isWiring = WIRING_CONTEXTS.has(String(rest.at(-1)));
    this.write(isWiring ? 'debug' : 'info', message, rest);
  }

  fatal(message: unknown, ...rest: unknown[]): void {
    this.write('fatal', message, rest);
  }

  error(message: unknown, ...rest: unknown[]): void {
    this.write('error', message, rest);
  }

  warn(message: unknown, ...rest: unknown[]): void {
    this.write('warn', message, rest);
  }

  debug(message: unknown, ...rest: unknown[]): void {
    this.write('debug', message, rest);
  }

  verbose(message: unknown, ...rest: unknown[]): void {
    this.write('trace', message, rest);
  }

  /** Nest passes the logger's name last, and for errors a stack before it. */
  private write(
    level: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'trace',
    message: unknown,
    rest: unknown[],
  ): void {
    const context = rest.at(-1);
    const facts = typeof context === 'string' ? { context } : {};
    if (message instanceof Error) {
      this.pino[level]({ ...facts, err: message }, message.message);
    } else if (typeof message === 'object' && message !== null) {
      this.pino[level]({ ...facts, ...message });
    } else {
      this.pino[level](facts, String(message));
    }
  }
}
