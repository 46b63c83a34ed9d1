import type { ModuleDescription } from "../../module/description.js";
import { type Analysis, ASSUMED, analyseModule } from "../analyse/module.js";
import { mergePermissions } from "../file/merge.js";
import { writePolicy } from "../file/write.js";
import type { PermissionsDocument, PolicyDocument } from "../model/document.js";
import type { QuotaUse, Use } from "../model/use.js";
import { grantOf, leastPermissions } from "./least.js";

/** A module whose policy is generated. */
export interface Generated {
  /** Of the module. */
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly description: ModuleDescription | undefined;
  /** What it was seen to use. Then its bytes are not looked into, and what it did not use is not granted. */
  readonly recorded?: readonly Use[] | undefined;
}

/** A policy that lets a module do what it contains, and nothing else. */
export interface LeastPolicy {
  readonly document: Omit<PolicyDocument, "version">;
  readonly uses: readonly Use[];
  /** As a file, with comments on what nobody can know before it runs. */
  readonly text: string;
}

const KIBIBYTE = 1024;
/** Another version of clang makes a few instructions more or less of the same source. */
const powerOfTwo = (count: number): number => 2 ** Math.ceil(Math.log2(count));

/** @throws BpfError libbpf or the host refuses one of its objects */
export function generatePolicy({ name, bytes, description, recorded }: Generated): LeastPolicy {
  if (recorded !== undefined) return narrowPolicy(name, recorded);
  const analysis = analyseModule(bytes, description?.objects);
  const permissions = mergePermissions([
    leastPermissions(analysis, description?.permissions),
    boundsOf(analysis),
  ]);
  const short = name.replace(/\.wasm$/, "");
  return present(short, permissions, analysis);
}

/** How many programs and maps there can be: as many as its objects have. */
function boundsOf({ counts, unknown }: Pick<Analysis, "counts" | "unknown">): PermissionsDocument {
  const resizes = unknown.some((sentence) => sentence.includes("maps.maxBytes"));
  return {
    ...(counts.programs > 0 && {
      programs: { max: counts.programs, maxInstructions: powerOfTwo(counts.instructions) },
    }),
    ...(counts.maps > 0 && {
      maps: {
        max: counts.maps,
        ...(!resizes && { maxBytes: Math.ceil(counts.mapBytes / KIBIBYTE) * KIBIBYTE }),
      },
    }),
  };
}

function narrowPolicy(module: string, recorded: readonly Use[]): LeastPolicy {
  const name = module.replace(/\.wasm$/, "");
  const most = (quota: QuotaUse["quota"]) =>
    Math.max(
      ...recorded.map((use) => (use.kind === "quota" && use.quota === quota ? use.amount : 0)),
    );
  const permissions = mergePermissions([
    ...recorded.map(grantOf),
    boundsOf({
      counts: {
        programs: most("programs"),
        instructions: most("instructions"),
        maps: most("maps"),
        mapBytes: most("mapBytes"),
      },
      unknown: [],
    }),
  ]);
  const document = { name, ...permissions };
  const header = [
    `What ${name} was seen to use. Generated from an audit log by \`wbpf policy generate\`.`,
    "What it does only at other times is not in here.",
  ];
  return { document, uses: recorded, text: writePolicy(document, { header }) };
}

function present(name: string, permissions: PermissionsDocument, analysis: Analysis): LeastPolicy {
  const document = { name, ...permissions };
  const notes = new Map<string, string>();
  permissions.programs?.allow?.forEach(({ type, targets = [] }, i) => {
    const open = analysis.open.some((use) => use.kind === "attach" && use.type === type);
    if (!open || !targets.includes("**")) return;
    notes.set(`programs.allow[${i}]`, "Where it attaches is known only when it runs: narrow '**'.");
  });
  if (permissions.pins?.own?.includes("**") || permissions.pins?.shared?.includes("**")) {
    notes.set("pins", "Which pins is known only when it runs: narrow '**'.");
  }
  if (permissions.maps?.maxBytes !== undefined) {
    notes.set("maps.maxBytes", `As the kernel reckons it, with up to ${ASSUMED.cpus} CPUs.`);
  }
  const header = [
    `The least that ${name} needs. Generated from the module by \`wbpf policy generate\`.`,
    ...analysis.unknown,
  ];
  const uses = [...analysis.uses, ...analysis.open];
  return { document, uses, text: writePolicy(document, { header, notes }) };
}
