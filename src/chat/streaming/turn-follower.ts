import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../../database/database.js';
import { NOTIFY_WATCHED, SELECT_PROGRESS } from './delta-statements.js';
import { FollowedTurn, type ProgressRow } from './followed-turn.js';
import { ERASED } from './stream-event.js';

/** Follows turns that run on other replicas, for as long as somebody here reads them. */
@Injectable()
export class TurnFollower {
  private readonly logger = new Logger(TurnFollower.name);
  private readonly followed = new Map<string, FollowedTurn>();
  private readonly toRead = new Set<string>();
  private isReading = false;

  constructor(private readonly database: Database) {}

  /** The turn as it is stored, followed once it has a reader; undefined where there is no such turn. */
  async open(turnId: string): Promise<FollowedTurn | undefined> {
    const known = this.followed.get(turnId);
    if (known !== undefined) {
      return known;
    }
    const [row] = await this.database.query<ProgressRow>(SELECT_PROGRESS, [[turnId], [0]]);
    if (row?.outcome === 'pending') {
      // Whoever runs it stores nothing before the end until it knows of a reader.
      await this.database.query(NOTIFY_WATCHED, [turnId]);
    }
    return this.followed.get(turnId) ?? (row && new FollowedTurn(row, (turn) => this.watch(turn)));
  }

  /** Reads what is new of these turns; what is asked for meanwhile is read together, after it. */
  read(turnIds: Iterable<string>): void {
    for (const id of turnIds) {
      if (this.followed.has(id)) {
        this.toRead.add(id);
      }
    }
    if (!this.isReading && this.toRead.size > 0) {
      this.isReading = true;
      void this.readAll().finally(() => {
        this.isReading = false;
        this.read([]);
      });
    }
  }

  readEverything(): void {
    this.read(this.followed.keys());
  }

  private watch(turn: FollowedTurn): void {
    const { turnId, isWatched, isEnded } = turn.feed;
    if (isWatched && !isEnded) {
      this.followed.set(turnId, turn);
      // What happened between the look that made it and its first reader.
      this.read([turnId]);
    } else if (this.followed.get(turnId) === turn) {
      this.followed.delete(turnId);
    }
  }

  private async readAll(): Promise<void> {
    while (this.toRead.size > 0) {
      const turns = [...this.toRead].flatMap((id) => this.followed.get(id) ?? []);
      this.toRead.clear();
      try {
        const rows = await this.database.query<ProgressRow>(SELECT_PROGRESS, [
          turns.map(({ feed }) => feed.turnId),
          turns.map(({ knownDeltas }) => knownDeltas),
        ]);
        this.apply(turns, rows);
      } catch (error) {
        // The next look reads again: readers see a pause and no gap.
        const name = error instanceof Error ? error.name : typeof error;
        this.logger.debug({ msg: 'followed turns could not be read', error_name: name });
      }
    }
  }

  private apply(turns: readonly FollowedTurn[], rows: readonly ProgressRow[]): void {
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const turn of turns) {
      const row = byId.get(turn.feed.turnId);
      if (row === undefined) {
        turn.feed.append(ERASED);
      } else {
        turn.update(row);
      }
      if (turn.feed.isEnded) {
        this.followed.delete(turn.feed.turnId);
      }
    }
  }
}
