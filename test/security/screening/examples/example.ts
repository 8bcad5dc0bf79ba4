/** For a rule id: a payload that shows its mechanism, and a message that comes near it and is harmless. */
export type Examples = Readonly<Record<string, readonly [attack: string, nearMiss: string]>>;
