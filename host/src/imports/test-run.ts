import type { BackendProgram } from "../backend/backend.js";
import type { ImportContext } from "./context.js";

/** Words of the arguments of `program_test_run` (docs/abi.md); the host writes the last four. */
const WORDS = 13;
const WHAT = "program_test_run's arguments";

/** `program_test_run`. */
export function testRun(context: ImportContext, program: BackendProgram, args: number): number {
  const { memory } = context;
  memory.check(args, 4 * WORDS, WHAT);
  const word = (index: number) => memory.getU32((args >>> 0) + 4 * index, WHAT);
  const set = (index: number, value: number) =>
    memory.setU32((args >>> 0) + 4 * index, value, WHAT);
  const input = (index: number, what: string) => {
    const bytes = memory.bytes(word(index), word(index + 1), what);
    return bytes.length === 0 ? undefined : bytes.slice();
  };
  const data = input(0, "the packet of a test run");
  const given = input(4, "the context of a test run");
  memory.check(word(2), word(3), "the packet's buffer of a test run");
  memory.check(word(6), word(7), "the context's buffer of a test run");

  const result = program.testRun(given, {
    ...(data !== undefined && { data }),
    repeat: word(8),
  });
  /** Whether all of it fitted. */
  const output = (index: number, bytes: Uint8Array): boolean => {
    const length = Math.min(word(index + 1), bytes.length);
    memory.bytes(word(index), length, "a buffer of a test run").set(bytes.subarray(0, length));
    return length === bytes.length || word(index + 1) === 0;
  };
  const fitted = [output(2, result.data), output(6, result.context)].every(Boolean);
  set(9, result.retval);
  set(10, Math.min(result.duration, 0xffff_ffff));
  set(11, result.data.length);
  set(12, result.context.length);
  if (fitted) return 0;
  return context.fail(
    28,
    `the test run of program '${program.name}' gave ${result.data.length} bytes of packet and ${result.context.length} of context, which do not fit into the buffers (ENOSPC)`,
  );
}
