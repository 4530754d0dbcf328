/**
 * What one query may cost. Everything that works in proportion to data asks here: the clock, the rows that were looked at, the
 * bytes that are held on to. And it makes room: after some milliseconds the event loop gets its turn, because queries run in
 * the thread that answers everybody else.
 */
import { setImmediate } from "node:timers/promises";
import { queryError } from "../query-error.ts";

export interface QueryLimits {
  readonly timeMs: number;
  /** Rows that are read, joined or expanded. */
  readonly rows: number;
  /** Bytes, estimated, of rows that sorting, joining and summarizing hold. */
  readonly heldBytes: number;
  /** Characters of one text that a query makes. */
  readonly textLength: number;
}

export const defaultLimits: QueryLimits = {
  timeMs: 10_000,
  rows: 1_000_000,
  heldBytes: 64 * 1024 * 1024,
  textLength: 1024 * 1024,
};

/** How long a query may keep the thread for itself. */
const turnMs = 8;
/** Between two looks at the clock, in units of {@link Budget.work}. */
const workBetweenLooks = 20_000;

export class Budget {
  readonly #limits: QueryLimits;
  readonly #endsAt: number;
  #turnEndsAt: number;
  #rows = 0;
  #heldBytes = 0;
  #work = 0;

  constructor(limits: QueryLimits = defaultLimits) {
    this.#limits = limits;
    const now = performance.now();
    this.#endsAt = now + limits.timeMs;
    this.#turnEndsAt = now + turnMs;
  }

  /** One more row is looked at. */
  row(): void {
    this.#rows++;
    if (this.#rows > this.#limits.rows) {
      throw queryError(
        "QueryLimitExceeded",
        `The query looks at more than ${this.#limits.rows} rows. Let 'where' choose fewer before a join or mv-expand.`,
      );
    }
  }

  /** Some bytes stay until the query ends. */
  hold(bytes: number): void {
    this.#heldBytes += bytes;
    if (this.#heldBytes > this.#limits.heldBytes) {
      throw queryError(
        "QueryLimitExceeded",
        `The query has to hold more than ${this.#limits.heldBytes} bytes at once. Project fewer columns before sorting, joining or summarizing.`,
      );
    }
  }

  /** A text of some length was made. */
  text(length: number): void {
    this.work(length);
    if (length > this.#limits.textLength) {
      throw queryError(
        "QueryLimitExceeded",
        `The query makes a text of more than ${this.#limits.textLength} characters.`,
      );
    }
  }

  /** Something took time in proportion to `units`, some ten nanoseconds each; for what could otherwise be long unnoticed. */
  work(units: number): void {
    this.#work += units;
    if (this.#work < workBetweenLooks) return;
    this.#work = 0;
    this.#checkTime(performance.now());
  }

  /** Awaited between rows: true when it is somebody else's turn. */
  get isTurnOver(): boolean {
    return performance.now() >= this.#turnEndsAt;
  }

  async letOthers(): Promise<void> {
    this.#checkTime(performance.now());
    await setImmediate();
    this.#turnEndsAt = performance.now() + turnMs;
  }

  #checkTime(now: number): void {
    if (now < this.#endsAt) return;
    throw queryError(
      "QueryLimitExceeded",
      `The query takes longer than ${this.#limits.timeMs} ms. Let 'where' with type, resourceGroup, name or tags choose fewer rows.`,
    );
  }
}
