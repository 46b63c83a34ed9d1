import type {
  AttachOptions,
  BackendLink,
  BackendMap,
  BackendProgram,
  ProgramInfo,
  ProgramProperty,
  TestRunOptions,
  TestRunResult,
} from "../backend.js";
import { BpfError } from "../backend.js";
import { requestOf } from "./attach/request.js";
import { optionsOfTarget } from "./attach/target.js";
import { attempt } from "./attempt.js";
import { explainAttach } from "./explain/attach.js";
import { placeOf } from "./explain/attach-place.js";
import { explainAttachTo } from "./explain/attach-to.js";
import { bpfError, errnoOf } from "./explain/errno.js";
import { explainSet } from "./explain/set.js";
import type { GuestMemory } from "./guest-memory.js";
import { KernelLink } from "./link.js";
import { KernelMap } from "./map.js";
import type { NativeLink, NativeObject, NativeProgram } from "./native.js";
import { Pins } from "./pins.js";

const EBADF = 9;
const EINVAL = 22;

export class KernelProgram implements BackendProgram {
  readonly name: string;
  readonly section: string;
  readonly #object: NativeObject;
  readonly #index: number;
  readonly #memory: GuestMemory;
  readonly #pins: Pins;
  #declared: NativeProgram;

  constructor(object: NativeObject, index: number, declared: NativeProgram, memory: GuestMemory) {
    this.name = declared.name;
    this.section = declared.section;
    this.#declared = declared;
    this.#object = object;
    this.#index = index;
    this.#memory = memory;
    this.#pins = new Pins(`program '${this.name}'`, (path) => object.pinProgram(index, path));
  }

  get type(): number {
    return this.#declared.type;
  }

  get attachType(): number {
    return this.#declared.attachType;
  }

  get autoload(): boolean {
    return this.#declared.autoload;
  }

  get instructions(): number {
    return this.#declared.instructions;
  }

  attach(target = ""): BackendLink {
    const options = this.#try(() => optionsOfTarget(this, target));
    if (options !== undefined) return this.attachTo(options);
    const link = attempt(
      () => this.#object.attach(this.#index),
      (failure) => explainAttach(failure, this),
    );
    return this.#link(link, `by its section`);
  }

  attachTo(options: AttachOptions): BackendLink {
    const request = this.#try(() =>
      requestOf(options, { map: (map) => this.#mapFd(map), program: descriptorOf }),
    );
    const link = attempt(
      () => this.#object.attachTo(this.#index, request),
      (failure) => explainAttachTo(failure, this, options),
    );
    return this.#link(link, `to ${placeOf(options)}`);
  }

  set(property: ProgramProperty, value: number): void {
    this.#declared = attempt(
      () => this.#object.setProgram(this.#index, property, value),
      (failure) => explainSet(failure, `program '${this.name}'`, property, value),
    );
  }

  setAttachTarget(target: BackendProgram | undefined, name: string): void {
    const fd = target === undefined ? -1 : descriptorOf(target);
    attempt(
      () => this.#object.setAttachTarget(this.#index, fd, name),
      (failure) => explainSet(failure, `program '${this.name}'`, "attach target", `'${name}'`),
    );
  }

  info(): ProgramInfo {
    return attempt(
      () => this.#object.programInfo(this.#index),
      ({ errno }) =>
        bpfError(
          errno,
          `cannot ask the kernel about program '${this.name}': ${errno === EBADF ? "its object is not loaded" : errnoOf(errno).text} (${errnoOf(errno).name})`,
        ),
    );
  }

  pin(path: string): void {
    this.#pins.add(path);
  }

  unpin(path: string): void {
    this.#pins.remove(path);
  }

  testRun(context?: Uint8Array, options: TestRunOptions = {}): TestRunResult {
    return attempt(
      () =>
        this.#object.testRun(this.#index, {
          context,
          data: options.data,
          repeat: options.repeat ?? 0,
        }),
      (failure) => {
        const { name, text, number } = errnoOf(failure.errno);
        const why =
          name === "ENOTSUPP" || name === "EOPNOTSUPP"
            ? "the kernel has no test run for programs of its type"
            : name === "EBADF"
              ? "its object is not loaded"
              : `${text} (${name})`;
        return bpfError(number, `cannot test-run program '${this.name}' (${this.section}): ${why}`);
      },
    );
  }

  /** @internal Whether the kernel has it: the load made it. */
  exists(): boolean {
    return this.#object.programFd(this.#index) >= 0;
  }

  /** @internal The descriptor of the loaded program, for the addon only. @throws BpfError `EBADF` */
  descriptor(): number {
    const fd = attempt(
      () => this.#object.programFd(this.#index),
      () => bpfError(EBADF, `program '${this.name}' is gone: its object was closed (EBADF)`),
    );
    if (fd < 0) throw bpfError(EBADF, `program '${this.name}' is not loaded (EBADF)`);
    return fd;
  }

  #mapFd(map: BackendMap): number {
    if (!(map instanceof KernelMap)) throw bpfError(EINVAL, "the map is another backend's");
    return map.descriptor();
  }

  /** Says of a failure before the kernel was asked which program it was about. */
  #try<T>(call: () => T): T {
    try {
      return call();
    } catch (error) {
      if (!(error instanceof BpfError)) throw error;
      throw bpfError(
        error.errno,
        `cannot attach program '${this.name}' (${this.section}): ${error.message}`,
        { cause: error },
      );
    }
  }

  #link(link: NativeLink, where: string): BackendLink {
    const what = `the link of program '${this.name}' ${where}`;
    return new KernelLink(link, this.#memory, what, descriptorOf);
  }
}

/** @internal The descriptor of a loaded program of this backend, for the addon only. @throws BpfError `EBADF`, `EINVAL` */
export function descriptorOf(program: BackendProgram): number {
  if (!(program instanceof KernelProgram)) {
    throw bpfError(EINVAL, `program '${program.name}' is another backend's`);
  }
  return program.descriptor();
}
