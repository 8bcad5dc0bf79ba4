import type { APIEmbed, APIMessage, REST, ResponseLike, RESTRateLimit } from 'discord.js';
import { discordCode, toDeliveryError } from './discord-error.js';

const TIMEOUT_MS = 10_000;
/** A route's memory of its limit is worth nothing once the limit's window, of seconds, is over. */
const SWEEP_MS = 60_000;
const PAGE = 100;

export interface DiscordApiSettings {
  readonly apiUrl: string;
  readonly botToken: string;
}

/**
 * The calls to Discord that notifications need. What goes wrong is thrown as an error of delivery-errors.ts;
 * where a caller can do something about it, as `whenCode` says. The library counts Discord's limits for each
 * route and throws rather than wait, so that one session's wait holds up no other's.
 */
export class DiscordApi {
  private constructor(
    private readonly rest: REST,
    private readonly token: string,
  ) {}

  /** Loads the library. */
  static async create({ apiUrl, botToken }: DiscordApiSettings): Promise<DiscordApi> {
    const { DefaultRestOptions, REST: Rest } = await import('discord.js');
    const rest = new Rest({
      api: apiUrl,
      version: '10',
      timeout: TIMEOUT_MS,
      // Whoever calls knows better whether, when and with which nonce to try again.
      retries: 0,
      rejectOnRateLimit: () => true,
      makeRequest: async (url, init) => announceLimit(await DefaultRestOptions.makeRequest(url, init)),
      handlerSweepInterval: SWEEP_MS,
    });
    return new DiscordApi(rest, botToken);
  }

  /** With the same nonce as a message of the last minutes Discord makes no second one and returns the first. */
  async createMessage(channelId: string, embed: APIEmbed, nonce: string): Promise<string> {
    const body = { embeds: [embed], nonce, enforce_nonce: true, allowed_mentions: { parse: [] } };
    const message = (await this.call((rest) =>
      rest.post(`/channels/${channelId}/messages`, { body }),
    )) as APIMessage;
    return message.id;
  }

  async startThread(
    channelId: string,
    messageId: string,
    name: string,
    archiveMinutes: number,
  ): Promise<void> {
    const body = { name, auto_archive_duration: archiveMinutes };
    await this.call((rest) => rest.post(`/channels/${channelId}/messages/${messageId}/threads`, { body }));
  }

  async reopenThread(threadId: string): Promise<void> {
    await this.call((rest) => rest.patch(`/channels/${threadId}`, { body: { archived: false } }));
  }

  /** The id of the message among the newest, or of those after an id, that has this footer. */
  async findByFooter(channelId: string, footer: string, after?: string): Promise<string | undefined> {
    const query = new URLSearchParams({ limit: String(PAGE), ...(after === undefined ? {} : { after }) });
    const path = `/channels/${channelId}/messages` as const;
    const messages = (await this.call((rest) => rest.get(path, { query }))) as APIMessage[];
    const found = messages.find(
      ({ author, embeds }) => author.bot && embeds.some((embed) => embed.footer?.text === footer),
    );
    return found === undefined && after !== undefined && messages.length === PAGE
      ? this.findByFooter(channelId, footer, messages[0]?.id)
      : found?.id;
  }

  /** Any other call. @throws DiscordFailure */
  async call(request: (rest: REST) => Promise<unknown>): Promise<unknown> {
    try {
      // The library forgets a token that was once refused; it may have become right since.
      return await request(this.rest.setToken(this.token));
    } catch (error) {
      throw new DiscordFailure(toDeliveryError(error), discordCode(error));
    }
  }
}

/** A failed call: Discord's code for whoever can do something about it, and what it means for the delivery. */
export class DiscordFailure extends Error {
  constructor(
    readonly meaning: Error,
    readonly code: number | undefined,
  ) {
    super(meaning.message);
  }
}

const TOO_MANY_REQUESTS = 429;

/** The library reads a limit from the headers alone; what the body says of it must not be lost on the way. */
async function announceLimit(response: ResponseLike): Promise<ResponseLike> {
  if (response.status === TOO_MANY_REQUESTS && !response.headers.has('retry-after')) {
    const { retry_after: seconds, global: isGlobal } = (await response.json()) as RESTRateLimit;
    response.headers.set('retry-after', String(seconds));
    if (isGlobal) {
      response.headers.set('x-ratelimit-global', 'true');
    }
  }
  return response;
}
