import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { hashFile, writeAtomically } from "./files.js";

/** One step as it was when it last ran: what it was told, what it read, what it wrote. */
export interface Step {
  /** Whatever else decides the result: versions, options. */
  readonly key: string;
  /** Files by their path relative to the folder, with the hash of their content; `null` for one that was looked for and not there. */
  readonly inputs: Readonly<Record<string, string | null>>;
  readonly outputs: Readonly<Record<string, string | null>>;
  /** Facts that later steps and messages need again. */
  readonly facts: Readonly<Record<string, number | string>>;
}

/**
 * What the last build of a folder did, so that nothing is done twice. It stands in the build folder as JSON; one that cannot be read counts as none.
 */
export class Manifest {
  private readonly file: string;
  private readonly root: string;
  private readonly old: Record<string, Step>;
  private readonly steps: Record<string, Step> = {};
  private readonly hashes = new Map<string, string | null>();

  /** @param root the folder that paths are relative to */
  constructor(file: string, root: string, ignore: boolean) {
    this.file = file;
    this.root = root;
    this.old = ignore ? {} : read(file);
  }

  /** The step as it was, if doing it again would give the same. */
  upToDate(name: string, key: string): Step | undefined {
    const step = this.old[name];
    if (step === undefined || step.key !== key) return undefined;
    for (const files of [step.inputs, step.outputs]) {
      for (const [file, hash] of Object.entries(files)) {
        if (this.hash(path.resolve(this.root, file)) !== hash) return undefined;
      }
    }
    this.steps[name] = step;
    return step;
  }

  /** Notes a step that was done now. */
  record(
    name: string,
    step: {
      key: string;
      inputs: Iterable<string>;
      outputs: Iterable<string>;
      facts: Record<string, number | string>;
    },
  ): Step {
    const table = (files: Iterable<string>): Record<string, string | null> =>
      Object.fromEntries(
        [...files]
          .map((file) => {
            const full = path.resolve(this.root, file);
            this.hashes.delete(full);
            return [path.relative(this.root, full), this.hash(full)] as const;
          })
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      );
    const result = {
      key: step.key,
      inputs: table(step.inputs),
      outputs: table(step.outputs),
      facts: step.facts,
    };
    this.steps[name] = result;
    return result;
  }

  save(): void {
    const text = `${JSON.stringify({ version: 1, steps: this.steps }, null, 1)}\n`;
    if (existsSync(this.file) && readFileSync(this.file, "utf8") === text) return;
    writeAtomically(this.file, text);
  }

  private hash(file: string): string | null {
    let hash = this.hashes.get(file);
    if (hash === undefined) {
      hash = hashFile(file);
      this.hashes.set(file, hash);
    }
    return hash;
  }
}

function read(file: string): Record<string, Step> {
  try {
    const parsed = JSON.parse(readFileSync(file, "utf8")) as {
      version?: number;
      steps?: Record<string, Step>;
    };
    return parsed.version === 1 && parsed.steps !== undefined ? parsed.steps : {};
  } catch {
    return {};
  }
}
