import { ModuleError } from "../errors.js";
import { shapeProblems } from "../policy/file/shape.js";
import type { PermissionsDocument } from "../policy/model/document.js";

/** The versions of the ABI (docs/abi.md) that this host serves. */
export const ABI_VERSIONS: readonly number[] = [1];

/** A BPF object that a module says it carries. */
export interface EmbeddedObject {
  readonly name: string;
  /** Bytes of the ELF file. */
  readonly size: number;
  /** Of the ELF file, 64 hexadecimal digits. */
  readonly sha256: string;
}

/** What a module says of itself in its custom section `wbpf`. `abi` and `permissions` have an effect; the rest is the module's word and nothing more. */
export interface ModuleDescription {
  readonly abi: number;
  readonly name: string | undefined;
  /** Of the tool, as semantic versioning writes it. */
  readonly version: string | undefined;
  /** Version of the SDK that it was built with. */
  readonly sdk: string | undefined;
  readonly objects: readonly EmbeddedObject[];
  /** Its manifest: what it asks for, in the form of a policy. `undefined`: it does not say. */
  readonly permissions: PermissionsDocument | undefined;
}

/** Keys of a {@link PermissionsDocument}. */
const ROOMS = ["programs", "maps", "pins", "host"];
/** Longer than any section that a build writes; a larger one is not worth decoding. */
const MAX_BYTES = 1024 * 1024;

/**
 * Reads the content of a custom section `wbpf`.
 * @throws {@link ModuleError} `MODULE_BAD_SECTION` when it is not what docs/abi.md says
 */
export function parseDescription(section: Uint8Array): ModuleDescription {
  if (section.length > MAX_BYTES) throw bad(`is ${section.length} bytes long`);
  let json: unknown;
  try {
    json = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(section));
  } catch (cause) {
    throw bad("is not JSON in UTF-8", cause);
  }
  if (!isRecord(json)) throw bad("is not a JSON object");
  const { abi } = json;
  if (typeof abi !== "number" || !Number.isSafeInteger(abi) || abi < 1) {
    throw bad("has no 'abi' that is a whole number from 1");
  }
  const objects = json.objects ?? [];
  if (!Array.isArray(objects)) throw bad("has an 'objects' that is not a list");
  return {
    abi,
    name: optionalText(json, "name"),
    version: optionalText(json, "version"),
    sdk: optionalText(json, "sdk"),
    objects: objects.map(parseObject),
    permissions: parsePermissions(json.permissions),
  };
}

function parseObject(value: unknown, index: number): EmbeddedObject {
  if (isRecord(value)) {
    const { name, size, sha256 } = value;
    if (
      typeof name === "string" &&
      typeof size === "number" &&
      Number.isSafeInteger(size) &&
      size >= 0 &&
      typeof sha256 === "string" &&
      /^[0-9a-f]{64}$/.test(sha256)
    ) {
      return { name, size, sha256 };
    }
  }
  throw bad(`has an 'objects' whose entry ${index} lacks a name, a size or a sha256`);
}

/** In the shape of a policy, of which a module says nothing but what is granted. */
function parsePermissions(value: unknown): PermissionsDocument | undefined {
  if (value === undefined) return undefined;
  if (!isRecord(value)) throw bad("has a 'permissions' that is not a JSON object");
  const stranger = Object.keys(value).find((key) => !ROOMS.includes(key));
  if (stranger !== undefined) throw bad(`has a 'permissions' with a key '${stranger}'`);
  const [problem] = shapeProblems({ version: 1, ...value });
  if (problem !== undefined) throw bad(`has 'permissions' that are wrong: ${problem.text}`);
  return value;
}

function optionalText(json: Record<string, unknown>, key: string): string | undefined {
  const value = json[key];
  if (value !== undefined && typeof value !== "string") throw bad(`has a '${key}' that is no text`);
  return value;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

function bad(what: string, cause?: unknown): ModuleError {
  return new ModuleError(
    "MODULE_BAD_SECTION",
    `its custom section 'wbpf' ${what}; build it again with wbpf`,
    { cause },
  );
}
