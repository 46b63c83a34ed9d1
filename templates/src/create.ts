import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { basename, join, resolve } from "node:path";

/** A failure that explains itself: the sentence is all that a user needs. */
export class CreateError extends Error {
  override readonly name = "CreateError";
  /** `"USAGE"` for a name that cannot be used, `"EXISTS"` for a folder that has something in it. */
  readonly code: "USAGE" | "EXISTS";

  constructor(code: "USAGE" | "EXISTS", message: string) {
    super(message);
    this.code = code;
  }
}

/** What npm takes as a package's name and C as the beginning of a file's: lower case, digits, dashes. */
const NAME = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;

/**
 * Makes a new tool from a template.
 * @param folder where; its last part becomes the tool's name
 * @param template folder of the template
 * @param version of the `@wbpf` packages that the tool will use
 * @returns the tool's name
 */
export function create(folder: string, template: string, version: string): string {
  const target = resolve(folder);
  const name = basename(target);
  if (!NAME.test(name)) {
    throw new CreateError(
      "USAGE",
      `'${name}' cannot be a tool's name: use lower-case letters, digits and single dashes, beginning with a letter, such as my-tool`,
    );
  }
  if (existsSync(target) && !(statSync(target).isDirectory() && readdirSync(target).length === 0)) {
    throw new CreateError(
      "EXISTS",
      `${target} is there already and is not an empty folder: choose another name`,
    );
  }
  mkdirSync(target, { recursive: true });
  cpSync(template, target, { recursive: true });
  // npm leaves a file named .gitignore out of packages.
  renameSync(join(target, "_gitignore"), join(target, ".gitignore"));
  for (const ending of [".bpf.c", ".policy.yaml"]) {
    renameSync(join(target, `tool${ending}`), join(target, `${name}${ending}`));
  }
  const words: Record<string, string> = { name, version, Class: className(name) };
  for (const file of readdirSync(target)) {
    const path = join(target, file);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace(/\{\{(\w+)\}\}/g, (whole, word: string) => words[word] ?? whole),
    );
  }
  return name;
}

/** The generated skeleton's class: `my-tool` makes `MyTool`. */
export function className(name: string): string {
  return name
    .split("-")
    .map((part) => part.charAt(0).toUpperCase() + part.slice(1))
    .join("");
}
