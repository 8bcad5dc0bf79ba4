import type { GatewayDispatchEvents, GatewayDispatchPayload } from 'discord.js';

/** The data of one type of gateway event. */
export type GatewayData<Type extends GatewayDispatchEvents> = Extract<
  GatewayDispatchPayload,
  { t: Type }
>['d'];

/**
 * What Discord tells the bot, for whoever wants to act on it. One replica of all is told, and another one takes
 * over when it dies: a listener must bear an event twice, and may miss what happens in between.
 */
export interface DiscordGateway {
  /** Whether this replica is the one that is told. */
  readonly isConnected: boolean;
  /**
   * Calls the listener with the raw data of each event of a type, such as `MESSAGE_CREATE`: nothing is cached,
   * so nothing of it depends on what happened before. What a listener throws is logged.
   */
  on<Type extends GatewayDispatchEvents>(
    type: `${Type}`,
    listener: (data: GatewayData<Type>) => void | Promise<void>,
  ): void;
  /** Leaves the gateway to any replica, this one included: whoever takes it begins anew. */
  letGo(): void;
  /** Calls the listener when this replica is no longer told; the gateway is handed on once it has settled. */
  onLost(listener: () => Promise<void>): void;
}
