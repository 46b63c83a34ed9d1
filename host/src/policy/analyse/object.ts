import { effectOfCall } from "../decide/decide.js";
import { PROGRAM_TYPE_BY_NAME } from "../model/program-type.js";
import type { Use } from "../model/use.js";
import type { ObjectCode, ProgramCode } from "./code.js";
import { helperName } from "./helper-name.js";
import type { Machine, SizedMap } from "./map-bytes.js";
import { mapBytes } from "./map-bytes.js";
import { mapTypeName } from "./map-type.js";
import { policyTypeOf, sleepsBySection, type TypedProgram } from "./program-type.js";

/** A program as it is about to be loaded. */
export interface AnalysedProgram extends TypedProgram {
  readonly name: string;
  /** `BPF_F_*` that were set beside those of the section. */
  readonly flags?: number;
}

/** A map as it is about to be created. */
export interface AnalysedMap extends SizedMap {
  readonly name: string;
}

const SLEEPABLE = 1 << 4;

/** What loading a program uses. */
export function programUses(program: AnalysedProgram, code: ProgramCode): Use[] {
  const { name } = program;
  const type = policyTypeOf(program);
  const sleepable = sleepsBySection(program.section) || ((program.flags ?? 0) & SLEEPABLE) !== 0;
  const uses: Use[] = [{ kind: "program", program: name, type, sleepable }];
  for (const effect of PROGRAM_TYPE_BY_NAME.get(type)?.effects ?? []) {
    uses.push({ kind: "effect", program: name, effect, by: type });
  }
  const calls = [
    ...code.helpers.map((number) => ["helper", helperName(number)] as const),
    ...code.kfuncs.map((kfunc) => ["kfunc", kfunc] as const),
  ];
  for (const [kind, called] of calls) {
    uses.push({ kind, program: name, name: called });
    const effect = effectOfCall(kind, called);
    if (effect !== undefined) uses.push({ kind: "effect", program: name, effect, by: called });
  }
  return uses;
}

/** Programs of the kernel's struct_ops are loaded when their map is, whatever they say themselves. */
const STRUCT_OPS = 27;

/** Whether a program is loaded with its object. */
export const isLoaded = (program: { readonly type: number; readonly autoload: boolean }): boolean =>
  program.autoload || program.type === STRUCT_OPS;

/** What creating a map uses. */
export const mapUse = ({ name, type }: AnalysedMap): Use => ({
  kind: "map",
  map: name,
  type: mapTypeName(type),
  created: false,
});

/** What an object counts for. */
export interface ObjectCounts {
  readonly programs: number;
  readonly instructions: number;
  readonly maps: number;
  readonly mapBytes: number;
}

/** Counts programs, with their subprograms, and maps. */
export function countObject(
  programs: readonly AnalysedProgram[],
  maps: readonly AnalysedMap[],
  code: ObjectCode | undefined,
  machine: Machine,
): ObjectCounts {
  const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
  return {
    programs: programs.length,
    instructions: sum(
      programs.map(({ name, section }) => code?.reach(name, section).instructions ?? 0),
    ),
    maps: maps.length,
    mapBytes: sum(maps.map((map) => mapBytes(map, machine))),
  };
}
