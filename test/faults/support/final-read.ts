import { ApiClient, type HistoryItemBody } from '../../support/api-client.js';
import type { Acknowledged } from './call-record.js';

export interface FinalRead {
  readonly acknowledged: number;
  /** Keys of turns that a client was told of and that history does not hold as it was told. */
  readonly lost: readonly string[];
  /** Messages that history holds more than once, and keys that were told two different turns. */
  readonly doubled: readonly string[];
  /** Turns in history that nobody was told of: sent, and the answer never arrived. */
  readonly untold: number;
}

/** Compares what clients were told with what their visitors can read back. */
export async function finalRead(
  url: string,
  tokens: readonly string[],
  acknowledged: readonly Acknowledged[],
): Promise<FinalRead> {
  const api = new ApiClient(url);
  const histories = new Map<string, HistoryItemBody[]>();
  for (const token of tokens) {
    histories.set(token, await api.wholeHistory(token));
  }
  const items = [...histories].flatMap(([token, history]) =>
    history.map((item) => ({ ...item, place: `${token}\n${item.message}` })),
  );
  const told = new Map(acknowledged.map((turn) => [turn.key, turn]));
  const places = new Set(acknowledged.map(({ token, message }) => `${token}\n${message}`));
  return {
    acknowledged: told.size,
    lost: acknowledged
      .filter(({ token, messageId, message, reply }) =>
        (histories.get(token) ?? []).every(
          (item) => item.id !== messageId || item.message !== message || item.response !== reply,
        ),
      )
      .map(({ key }) => key),
    doubled: [
      ...repeated(items.map(({ place }) => place)),
      ...acknowledged
        .filter((turn) => told.get(turn.key)?.messageId !== turn.messageId)
        .map(({ key }) => key),
    ],
    untold: items.filter(({ place }) => !places.has(place)).length,
  };
}

function repeated(values: readonly string[]): string[] {
  const seen = new Set<string>();
  return values.filter((value) => seen.size === seen.add(value).size);
}
