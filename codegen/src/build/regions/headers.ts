/** The compiler's own class; only this of it is looked at here. */
interface CompilerClass {
  readonly prototype: {
    addRuntimeMemorySegment(this: { readonly program: object }, buffer: Uint8Array): unknown;
  };
}

const programs = new WeakSet<object>();
let watching = false;

/**
 * Leaves out a word before each object that stands in a module from the beginning, such as a string: its size as AssemblyScript's own allocator wants it, which the runtime for regions
 * does not read. A word of zeros takes no place in a module; this one took eight bytes.
 *
 * @param program the compiler's model, which is about to be compiled
 */
export function leaveOutBlockSizes(compiler: unknown, program: object): void {
  programs.add(program);
  if (watching) return;
  watching = true;
  const { prototype } = (compiler as { readonly Compiler: CompilerClass }).Compiler;
  const original = prototype.addRuntimeMemorySegment;
  prototype.addRuntimeMemorySegment = function (buffer): unknown {
    if (programs.has(this.program)) buffer.fill(0, 0, 4);
    return original.call(this, buffer);
  };
}
