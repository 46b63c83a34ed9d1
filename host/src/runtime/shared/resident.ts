import type { Backend } from "../../backend/backend.js";
import { remember } from "../../backend/kernel/elf/passed.js";
import { Instance } from "../instance.js";
import { Loading } from "../loading.js";
import { MessageSender, type Posts, ThreadOutput } from "../output.js";
import type { Outcome, WorkerStart } from "../protocol.js";
import { toldOptions } from "../told.js";
import { CLOSED } from "./protocol.js";

/** One module of a shared thread, seen from inside. */
export class Resident {
  /** The eventfd that asks it to stop. */
  readonly stopFd: number;
  readonly #instance: Instance;
  readonly #start: WorkerStart;
  readonly #port: Posts;
  readonly #sender: MessageSender;
  #descriptors: readonly number[] | undefined;
  #begun = false;
  #ended = false;

  /** @param port what is posted there is told of this module */
  constructor(start: WorkerStart, port: Posts, backend: Backend) {
    this.stopFd = start.stopFd;
    this.#start = start;
    this.#port = port;
    const sender = new MessageSender(port, start.pending);
    this.#sender = sender;
    this.#instance = new Instance(
      {
        ...toldOptions(start, backend, sender),
        output: (session, memory) => new ThreadOutput(session, memory, start.inherit, sender),
      },
      true,
    );
  }

  get begun(): boolean {
    return this.#begun;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** What poll(2) watches for it, without {@link stopFd}. */
  get descriptors(): readonly number[] {
    this.#descriptors ??= this.#instance.descriptors();
    return this.#descriptors;
  }

  /** When it is to be looked at whatever poll(2) says, by `performance.now()`. */
  get due(): number {
    const parked = this.#instance.parking?.parked;
    return parked === undefined || parked.yielded ? 0 : parked.until;
  }

  /** Before that nobody has to look at its {@link descriptors}. */
  get from(): number {
    return this.#instance.parking?.parked?.from ?? 0;
  }

  /** Runs it until it waits or ends. */
  turn(): void {
    const first = !this.#begun;
    this.#begun = true;
    this.#descriptors = undefined;
    if (first && !this.#wanted()) this.#ended = true;
    else {
      const outcome = first ? this.#instance.begin() : this.#instance.resume();
      if (outcome !== undefined) this.end(outcome);
    }
  }

  /** It is over: the main thread is told how it ended. @param outcome none: whoever ended it knows */
  end(outcome?: Outcome): void {
    if (this.#ended) return;
    this.#ended = true;
    if (outcome !== undefined) this.#sender.end(outcome);
  }

  /** Closes what it opened, for which the kernel takes its time, then tells that all is closed. */
  close(): void {
    this.#ended = true;
    this.#instance.close();
    this.#port.postMessage(CLOSED);
  }

  #wanted(): boolean {
    remember(this.#start.passedObjects);
    return new Loading(this.#start.loading).loaded();
  }
}
