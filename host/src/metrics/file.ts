import { renameSync, unlinkSync, writeFileSync } from "node:fs";
import { messageOf, UsageError } from "../errors.js";
import type { Metric } from "./metric.js";
import { prometheusText } from "./prometheus.js";

/** How often the file is written, in milliseconds. */
const EVERY_MS = 1000;

/** Keeps a file with a module's metrics, as node_exporter's textfile collector reads it: it is replaced whole, so that no reader sees half of one. */
export class MetricFile {
  readonly #path: string;
  readonly #temporary: string;
  #read: () => readonly Metric[] = () => [];
  readonly #say: (sentence: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #told = false;

  /**
   * @param say told once when it cannot be written
   * @throws {@link UsageError} when it cannot be written from the start
   */
  constructor(path: string, say: (sentence: string) => void) {
    this.#path = path;
    this.#temporary = `${path}.${process.pid}.tmp`;
    this.#say = say;
    try {
      this.#write();
    } catch (cause) {
      throw new UsageError(`the metrics cannot be written to '${path}': ${messageOf(cause)}`, {
        cause,
      });
    }
  }

  /** Writes it from now on. */
  start(read: () => readonly Metric[]): void {
    this.#read = read;
    this.#timer = setInterval(() => this.#attempt(), EVERY_MS);
    this.#timer.unref();
  }

  /** Writes it for the last time. */
  close(): void {
    clearInterval(this.#timer);
    this.#attempt();
  }

  #attempt(): void {
    try {
      this.#write();
    } catch (error) {
      if (!this.#told)
        this.#say(`the metrics cannot be written to '${this.#path}': ${messageOf(error)}`);
      this.#told = true;
    }
  }

  #write(): void {
    try {
      writeFileSync(this.#temporary, prometheusText(this.#read()));
      renameSync(this.#temporary, this.#path);
    } catch (error) {
      try {
        unlinkSync(this.#temporary);
      } catch {
        // It was not made.
      }
      throw error;
    }
  }
}
