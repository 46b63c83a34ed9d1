import type { BackendLink, BackendProgram, LinkInfo } from "../backend.js";
import { attempt } from "./attempt.js";
import { bpfError, errnoOf } from "./explain/errno.js";
import type { GuestMemory } from "./guest-memory.js";
import type { NativeFailure, NativeLink } from "./native.js";
import { Pins } from "./pins.js";

export class KernelLink implements BackendLink {
  readonly #native: NativeLink;
  readonly #memory: GuestMemory;
  /** As messages name it. */
  readonly #what: string;
  readonly #descriptor: (program: BackendProgram) => number;
  readonly #pins: Pins;

  constructor(
    native: NativeLink,
    memory: GuestMemory,
    what: string,
    descriptor: (program: BackendProgram) => number,
  ) {
    this.#native = native;
    this.#memory = memory;
    this.#what = what;
    this.#descriptor = descriptor;
    this.#pins = new Pins(what, (path) => native.pin(path));
  }

  destroy(): void {
    this.#attempt("cannot destroy", () => this.#native.destroy());
  }

  detach(): void {
    this.#attempt("cannot detach", () => this.#native.detach());
  }

  update(program: BackendProgram): void {
    const fd = this.#descriptor(program);
    this.#attempt(`cannot put program '${program.name}' in`, () => this.#native.update(fd));
  }

  info(): LinkInfo {
    return this.#attempt("cannot ask about", () => this.#native.info());
  }

  pin(path: string): void {
    this.#pins.add(path);
  }

  unpin(path: string): void {
    this.#pins.remove(path);
  }

  /** @internal Notes the pin that it was opened by. */
  adoptPin(path: string): void {
    this.#pins.adopt(path);
  }

  read(pointer: number, length: number): number {
    this.#memory.refresh();
    return this.#native.read(this.#native.handle, pointer, length);
  }

  #attempt<T>(tried: string, call: () => T): T {
    return attempt(call, (failure) => this.#explain(tried, failure));
  }

  #explain(tried: string, { errno, message }: NativeFailure) {
    const { name, text } = errnoOf(errno);
    return bpfError(errno, `${tried} ${this.#what}: ${reason(name, message) ?? text} (${name})`);
  }
}

function reason(name: string, step: string): string | undefined {
  switch (name) {
    case "EBADF":
      return "it was destroyed";
    case "EOPNOTSUPP":
      return step === "link"
        ? "the kernel has no link for it, it is held in another way"
        : "the kernel cannot do that with a link of its kind";
    case "EINVAL":
      return step === "update"
        ? "the program is not of the same type, or the kernel cannot update a link of this kind"
        : "the kernel cannot do that with a link of its kind";
    case "ENOLINK":
      return "what it was attached to is gone";
    default:
      return undefined;
  }
}
