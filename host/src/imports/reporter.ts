/** Different sentences that are told before the rest is kept silent: a module may call in a loop what fails. */
const MOST = 32;

/** The published ABIs, `wasm_bpf` and WASI, have no text for a failure, so the host tells it to the user: each sentence once. */
export class Reporter {
  readonly #tell: (sentence: string) => void;
  readonly #told = new Set<string>();

  constructor(tell: (sentence: string) => void) {
    this.#tell = tell;
  }

  report(sentence: string): void {
    if (this.#told.has(sentence) || this.#told.size >= MOST) return;
    this.#told.add(sentence);
    this.#tell(sentence);
  }
}
