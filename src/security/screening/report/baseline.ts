import type { Part, Row } from './figures.js';

/** Shares by `row, part`; what a later run is compared with. */
export type Baseline = Readonly<Record<string, number>>;

const PARTS: readonly Part[] = ['develop', 'held-out', 'all'];
const ROUNDING = 1e-4;

function shares(rows: readonly Row[]): { key: string; share: number; want: Row['want'] }[] {
  return rows.flatMap(({ name, want, counts }) =>
    PARTS.filter((part) => counts[part].of > 0).map((part) => ({
      key: `${name}, ${part}`,
      share: counts[part].blocked / counts[part].of,
      want,
    })),
  );
}

export function toBaseline(rows: readonly Row[]): Baseline {
  return Object.fromEntries(shares(rows).map(({ key, share }) => [key, Math.round(share * 1e5) / 1e5]));
}

/** One line for each figure that is worse than the baseline's, and for each that is gone. */
export function worsened(rows: readonly Row[], baseline: Baseline): string[] {
  const now = new Map(shares(rows).map((one) => [one.key, one]));
  return Object.entries(baseline).flatMap(([key, before]) => {
    const found = now.get(key);
    if (!found) return [`${key}: no longer measured`];
    const change = found.want === 'more' ? before - found.share : found.share - before;
    const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;
    return change > ROUNDING ? [`${key}: ${percent(before)} before, ${percent(found.share)} now`] : [];
  });
}
