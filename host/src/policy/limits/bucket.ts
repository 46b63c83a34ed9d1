/** What a bucket holds at most, in seconds of its rate. */
const BURST_SECONDS = 0.1;

/** Lets through so much a second, and a tenth of that at once. */
export class TokenBucket {
  readonly #perMs: number;
  readonly #size: number;
  readonly #now: () => number;
  #tokens: number;
  #filledAt: number;

  /** @param now milliseconds that only go up */
  constructor(perSecond: number, now: () => number = () => performance.now()) {
    this.#perMs = perSecond / 1000;
    this.#size = Math.max(1, perSecond * BURST_SECONDS);
    this.#tokens = this.#size;
    this.#now = now;
    this.#filledAt = now();
  }

  /** How much may go through now, in whole numbers. */
  get available(): number {
    const now = this.#now();
    this.#tokens = Math.min(this.#size, this.#tokens + (now - this.#filledAt) * this.#perMs);
    this.#filledAt = now;
    return Math.max(0, Math.floor(this.#tokens));
  }

  take(amount: number): void {
    this.#tokens -= amount;
  }

  /** Milliseconds until `amount` (or as much as fits at once) may go through, in whole numbers. */
  waitMs(amount: number): number {
    const wanted = Math.min(amount, Math.floor(this.#size));
    if (this.available >= wanted) return 0;
    return Math.max(1, Math.ceil((wanted - this.#tokens) / this.#perMs));
  }
}
