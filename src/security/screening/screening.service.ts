import { Injectable } from '@nestjs/common';
import { POLICY_VERSION } from './policy.js';
import { familyScores, findHits } from './scoring.js';

/** What the detector found in one message. */
export interface ScreeningResult {
  readonly verdict: 'allow' | 'block';
  /** The highest family score as a share of its threshold, two decimals: 1 or more blocks. */
  readonly score: number;
  /** Ids of the rules that counted, the weightiest first. */
  readonly reasons: string[];
  /** The rules and thresholds that decided, so that a stored result can be explained later. */
  readonly policyVersion: string;
}

/**
 * Detects injection payloads and prompt attacks in a chat message. Pure: it neither logs nor knows the
 * mode; the caller decides what a `block` leads to.
 */
@Injectable()
export class Screening {
  screen(text: string): ScreeningResult {
    const hits = findHits(text);
    const score = Math.max(0, ...familyScores(hits).values());
    const reasons = [...hits].sort((a, b) => b.points - a.points).map((hit) => hit.rule.id);
    return {
      verdict: score >= 1 ? 'block' : 'allow',
      score: Math.round(score * 100) / 100,
      reasons,
      policyVersion: POLICY_VERSION,
    };
  }
}
