import { readSync } from "node:fs";
import { Script } from "node:vm";
import { type MessagePort, receiveMessageOnPort } from "node:worker_threads";
import type { Backend } from "../../backend/backend.js";
import { bpfError } from "../../backend/kernel/explain/errno.js";
import { native } from "../../backend/kernel/native.js";
import type { Posts } from "../output.js";
import type { SharedCommand, SharedMessage, SharedThreadData } from "./protocol.js";
import { Resident } from "./resident.js";

/** `struct pollfd` of poll(2): the descriptor, then what is asked for and what is there, 16 bits each. */
const POLLIN = 1;
const WORDS = 2;
/** A thread in which nothing has happened for so long waits where nobody measures its time. */
const IDLE_MS = 50;
/** How long modules are begun before those that run have their turn. */
const BEGIN_MS = 10;
/** How `node:vm` calls what it runs. */
const BODY = Symbol.for("wbpf.shared-thread");

/**
 * Runs the modules of a shared thread in turn, each until it waits. Commands and modules are the only things that happen in this thread, which is why it never returns
 * to Node's own loop.
 *
 * A module that does not give way is ended by the clock of `node:vm`, which can end what runs and leave the rest of the thread as it is. Such a clock costs a thread
 * for each start, so it is started for many turns at once: at most {@link SharedThreadData.turnMs} are begun on one, and it rings after twice that.
 */
export class Scheduler {
  readonly #backend: Backend;
  readonly #port: MessagePort;
  readonly #wakeFd: number;
  readonly #turnMs: number;
  readonly #startMs: number;
  readonly #residents = new Map<number, Resident>();
  readonly #script = new Script(`globalThis[Symbol.for("${BODY.description}")]()`);
  readonly #counter = new Uint8Array(8);
  #entries = new Int32Array(new ArrayBuffer(WORDS * 4 * 64));
  #running: Resident | undefined;
  #closing = false;
  /** Whether there is anything to close. */
  #someEnded = false;

  constructor({ port, wakeFd, turnMs, startMs }: SharedThreadData, backend: Backend) {
    this.#backend = backend;
    this.#port = port;
    this.#wakeFd = wakeFd;
    this.#turnMs = turnMs;
    this.#startMs = startMs;
  }

  /** Returns when it was told to close and no module is left. */
  run(): void {
    while (!this.#closing || this.#residents.size > 0) {
      const some = this.#toBegin() !== undefined;
      if (some) this.#within(2 * this.#startMs, () => this.#begin());
      const ready = this.#poll(some ? 0 : -1);
      if (ready.length > 0) this.#within(2 * this.#turnMs, () => this.#turns(ready));
      this.#sweep();
    }
  }

  /** Begins those that have not begun, as many as there is time for before others have their turn. */
  #begin(): void {
    const end = performance.now() + BEGIN_MS;
    for (let next = this.#toBegin(); next !== undefined; next = this.#toBegin()) {
      this.#turn(next);
      if (performance.now() >= end) return;
    }
  }

  #toBegin(): Resident | undefined {
    for (const resident of this.#residents.values()) if (!resident.begun) return resident;
    return undefined;
  }

  /** Turns until the time for new ones is over, or nothing happens, or a module is to begin or has ended. */
  #turns(first: readonly Resident[]): void {
    const end = performance.now() + this.#turnMs;
    for (let ready = first; ready.length > 0; ready = this.#poll(IDLE_MS)) {
      for (const resident of ready) {
        if (performance.now() >= end) return;
        if (!resident.ended) this.#turn(resident);
      }
      if (this.#toBegin() !== undefined || this.#someEnded) return;
    }
  }

  #turn(resident: Resident): void {
    this.#running = resident;
    resident.turn();
    this.#running = undefined;
    if (resident.ended) this.#someEnded = true;
  }

  /** Runs something, and ends the module that does not let it end. */
  #within(limitMs: number, body: () => void): void {
    (globalThis as Record<symbol, unknown>)[BODY] = body;
    try {
      this.#script.runInThisContext({ timeout: limitMs });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
      // Nobody: this thread itself was held up, and has done nothing wrong.
      this.#running?.end({ kind: "busy", limitMs });
      this.#running = undefined;
    }
  }

  /** Closes those that have ended: all of them were told first, and nobody measures the time of this. */
  #sweep(): void {
    this.#someEnded = false;
    for (const [id, resident] of this.#residents) {
      if (!resident.ended) continue;
      this.#residents.delete(id);
      resident.close();
    }
  }

  /**
   * Waits until something can go on, and takes commands.
   * @param limitMs how long at most; -1: as long as it takes
   * @returns which can; none after the time, and after a command
   */
  #poll(limitMs: number): Resident[] {
    const now = performance.now();
    const residents = [...this.#residents.values()].filter(({ begun, ended }) => begun && !ended);
    let until = limitMs < 0 ? Number.POSITIVE_INFINITY : now + limitMs;
    this.#reserve(1 + residents.reduce((sum, one) => sum + 1 + one.descriptors.length, 0));
    this.#watch(0, this.#wakeFd);
    let count = 1;
    for (const resident of residents) {
      const { from, descriptors, stopFd } = resident;
      until = Math.min(until, resident.due);
      if (from > now) until = Math.min(until, from);
      this.#watch(count++, stopFd);
      // A descriptor of -1 is passed over by poll(2).
      for (const fd of descriptors) this.#watch(count++, from > now ? -1 : fd);
    }
    const ms = until === Number.POSITIVE_INFINITY ? -1 : Math.max(0, until - now);
    const result = native().poll(this.#entries, count, ms);
    if (result < 0) throw bpfError(-result, `poll(2) refuses ${count} descriptors`);
    const after = performance.now();
    const ready: Resident[] = [];
    let at = 1;
    for (const resident of residents) {
      let told = this.#told(at++);
      for (const _ of resident.descriptors) told = this.#told(at++) || told;
      if (told || resident.due <= after || (resident.from > now && resident.from <= after)) {
        ready.push(resident);
      }
    }
    if (this.#told(0)) this.#take();
    return ready;
  }

  #reserve(count: number): void {
    if (this.#entries.length >= WORDS * count) return;
    this.#entries = new Int32Array(new ArrayBuffer(WORDS * 4 * 2 * count));
  }

  #watch(index: number, fd: number): void {
    this.#entries[WORDS * index] = fd;
    this.#entries[WORDS * index + 1] = POLLIN;
  }

  /** Whether there is anything, an error too: then the module is told by the call that it makes. */
  #told(index: number): boolean {
    return (this.#entries[WORDS * index + 1] ?? 0) >>> 16 !== 0;
  }

  #posts(id: number): Posts {
    return {
      postMessage: (message: SharedMessage["message"], transfer: ArrayBuffer[] = []) =>
        this.#port.postMessage({ id, message } satisfies SharedMessage, transfer),
    };
  }

  /** Takes what the main thread has told. */
  #take(): void {
    try {
      readSync(this.#wakeFd, this.#counter);
    } catch (error) {
      // Another look has reset it.
      if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
    }
    for (;;) {
      const received = receiveMessageOnPort(this.#port);
      if (received === undefined) return;
      const command = received.message as SharedCommand;
      switch (command.type) {
        case "start":
          this.#residents.set(
            command.id,
            new Resident(command.start, this.#posts(command.id), this.#backend),
          );
          break;
        case "kill":
          this.#residents.get(command.id)?.end();
          this.#someEnded = true;
          break;
        case "close":
          this.#closing = true;
          break;
      }
    }
  }
}
