import type { BackendLink, BackendProgram, TestRunOptions, TestRunResult } from "../backend.js";
import { attempt } from "./attempt.js";
import { explainAttach } from "./explain/attach.js";
import { bpfError, errnoOf } from "./explain/errno.js";
import { explainTarget } from "./explain/target.js";
import type { NativeObject, NativeProgram } from "./native.js";

export class KernelProgram implements BackendProgram {
  readonly name: string;
  readonly section: string;
  readonly type: number;
  readonly instructions: number;
  readonly #object: NativeObject;
  readonly #index: number;

  constructor(object: NativeObject, index: number, declared: NativeProgram) {
    this.name = declared.name;
    this.section = declared.section;
    this.type = declared.type;
    this.instructions = declared.instructions;
    this.#object = object;
    this.#index = index;
  }

  attach(target = ""): BackendLink {
    const destroy = attempt(
      () => this.#object.attach(this.#index, target),
      (failure) => explainTarget(failure, this, target) ?? explainAttach(failure, this),
    );
    return {
      destroy: () =>
        attempt(destroy, (failure) =>
          bpfError(
            failure.errno,
            `detaching program '${this.name}' failed: ${errnoOf(failure.errno).text}`,
          ),
        ),
    };
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
}
