const DISCORD_EPOCH_MS = 1_420_070_400_000;
const TIMESTAMP_SHIFT = 22n;

/** The least id that Discord could have given at a time: an id holds the time in its upper bits. */
export function snowflakeAt(ms: number): bigint {
  return BigInt(Math.max(0, Math.floor(ms - DISCORD_EPOCH_MS))) << TIMESTAMP_SHIFT;
}

export function timeOf(snowflake: bigint): number {
  return Number(snowflake >> TIMESTAMP_SHIFT) + DISCORD_EPOCH_MS;
}
