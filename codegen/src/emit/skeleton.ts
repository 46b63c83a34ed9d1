import type { ClassDeclarationStructure, StatementStructures, WriterFunction } from "ts-morph";
import { StructureKind } from "ts-morph";
import type { BpfObjectFile, DataSectionSpec } from "../object/index.js";
import { contextType } from "./context-type.js";
import { commentText } from "./doc.js";
import { findEventTypes } from "./event-type.js";
import { type MapClass, mapClass } from "./map-class.js";
import { className, identifier, MEMBER_WORDS, Scope } from "./names.js";
import { SECTIONS, sectionMember, writeSection } from "./section-class.js";
import type { TypeTable } from "./type-table.js";

/** Names of the classes of a skeleton, which are taken before any type of the object gets one. */
export interface SkeletonNames {
  readonly skeleton: string;
  readonly maps: string;
  readonly progs: string;
}

export interface Skeleton {
  readonly statements: (StatementStructures | WriterFunction)[];
  /** Names to import from the SDK, by the file below `assembly`. */
  readonly imports: ReadonlyMap<string, ReadonlySet<string>>;
}

export function skeletonNames(name: string, scope: Scope): SkeletonNames {
  const skeleton = scope.take(className(name));
  return { skeleton, maps: scope.take(`${skeleton}Maps`), progs: scope.take(`${skeleton}Progs`) };
}

/** A member of one of the skeleton's classes. */
interface Member {
  readonly name: string;
  readonly type: string;
  readonly value: string;
  readonly docs: string;
  /** More of the constructor, after the member is set. */
  readonly after?: string;
}

/** The classes of a skeleton: maps, programs, sections of global variables, and the object that has them. */
export function buildSkeleton(
  object: BpfObjectFile,
  name: string,
  names: SkeletonNames,
  events: Readonly<Record<string, string>>,
  table: TypeTable,
  scope: Scope,
): Skeleton {
  const imports = new Map<string, Set<string>>();
  const need = (from: string, what: string): void => {
    const set = imports.get(from) ?? new Set();
    imports.set(from, set.add(what));
  };
  need("object/bpf_object", "BpfObject");
  const { byMap, markers } = findEventTypes(object, events);
  const statements: (StatementStructures | WriterFunction)[] = [];
  const members: Member[] = [];

  if (object.maps.length + object.structOps.length > 0) {
    const members_ = new Scope([...MEMBER_WORDS]);
    const maps = object.maps.map((map): Member => {
      const made: MapClass = mapClass(
        map,
        byMap.get(map.name),
        table,
        isEventBuffer(object, map.name),
      );
      for (const { from, name } of made.imports) need(from, name);
      const size =
        map.maxEntries === 0
          ? ""
          : `, ${map.maxEntries} ${map.typeName.includes("RINGBUF") ? "bytes" : map.maxEntries === 1 ? "entry" : "entries"}`;
      return {
        name: members_.take(identifier(map.name)),
        type: made.type,
        value: `new ${made.type}(object, ${made.args.join(", ")})`,
        ...(made.after === undefined ? {} : { after: made.after }),
        docs: `\`BPF_MAP_TYPE_${map.typeName}\`${size}.`,
      };
    });
    for (const { name, size } of object.structOps) {
      need("map/bpf_map", "BpfMap");
      maps.push({
        name: members_.take(identifier(name)),
        type: "BpfMap",
        value: `new BpfMap(object, ${JSON.stringify(name)}, 4, ${size})`,
        docs: "`BPF_MAP_TYPE_STRUCT_OPS`: `attachStructOps()` registers it with the kernel.",
      });
    }
    statements.push(membersClass(names.maps, `Maps of ${name}, by their names in C.`, maps));
    members.push({
      name: "maps",
      type: names.maps,
      value: `new ${names.maps}(this)`,
      docs: "Its maps.",
    });
  }
  if (object.programs.length > 0) {
    need("program/bpf_program", "BpfProgram");
    const members_ = new Scope(MEMBER_WORDS);
    const programs = object.programs.map((program): Member => {
      const member = members_.take(identifier(program.name));
      const attached = program.autoload && program.kind?.autoAttach === true;
      const given = contextType(object, program);
      const context = given === undefined ? undefined : table.shape(given, `${program.name}_ctx`);
      return {
        name: member,
        type: "BpfProgram",
        value: `new BpfProgram(object, ${JSON.stringify(program.name)}, ${JSON.stringify(program.section)})`,
        docs: `\`SEC("${program.section}")\`${program.kind === undefined ? "" : `: ${program.kind.program}`}.${attached ? "" : " `attach()` of the skeleton leaves it out: its section does not say where it belongs."}${context?.kind === "view" ? ` A test run takes {@link ${context.name}}.` : ""}`,
        ...(attached ? {} : { after: `this.${member}.autoattach = false;` }),
      };
    });
    statements.push(
      membersClass(names.progs, `Programs of ${name}, by their names in C.`, programs),
    );
    members.push({
      name: "progs",
      type: names.progs,
      value: `new ${names.progs}(this)`,
      docs: "Its programs.",
    });
  }
  const switches = new Set(
    object.maps
      .filter(({ name }) => isEventBuffer(object, name))
      .map(({ name }) => `.rodata.${name}`),
  );
  const memberScope = new Scope([...OBJECT_MEMBERS, ...members.map(({ name }) => name)]);
  for (const section of object.dataSections) {
    const variables = section.variables.filter(({ name }) => !markers.has(name));
    if (variables.length === 0 || switches.has(section.name)) continue;
    const base = SECTIONS[section.kind];
    need(`global/${base.file}`, base.name);
    for (const name of base.accessors) need("abi/section", name);
    const member = memberScope.take(sectionMember(section.name));
    const type = scope.take(`${names.skeleton}${className(member)}`);
    statements.push(sectionStatement(type, section, variables, table));
    members.push({
      name: member,
      type,
      value: `new ${type}(this)`,
      docs: `Global variables of \`${section.name}\`.`,
    });
  }
  statements.push(objectClass(name, names.skeleton, members));
  return { statements, imports };
}

/** Whether a map was declared with `WBPF_EVENT_BUFFER`: it has a section of its own, with the variable that tells the program what it is. */
function isEventBuffer(object: BpfObjectFile, map: string): boolean {
  const section = object.dataSections.find(({ name }) => name === `.rodata.${map}`);
  return section?.variables.some(({ name }) => name === `${map}_ring`) === true;
}

/** Members of the SDK's `BpfObject`. */
const OBJECT_MEMBERS =
  "handle name programs closed load attach detach destroy findMap addProgram addLoadStep steps open".split(
    " ",
  );

function sectionStatement(
  type: string,
  section: DataSectionSpec,
  variables: DataSectionSpec["variables"],
  table: TypeTable,
): WriterFunction {
  // Written now and not when the file is printed: the types that it asks for have to be known by then.
  return (writer) => writeSection(writer, type, section, variables, table);
}

function membersClass(
  name: string,
  docs: string,
  members: readonly Member[],
): ClassDeclarationStructure {
  return {
    kind: StructureKind.Class,
    name,
    isExported: true,
    docs: [commentText(docs)],
    properties: members.map((member) => ({
      name: member.name,
      type: member.type,
      isReadonly: true,
      docs: [commentText(member.docs)],
    })),
    ctors: [
      { parameters: [{ name: "object", type: "BpfObject" }], statements: assignments(members) },
    ],
  };
}

function objectClass(
  name: string,
  className: string,
  members: readonly Member[],
): ClassDeclarationStructure {
  return {
    kind: StructureKind.Class,
    name: className,
    isExported: true,
    extends: "BpfObject",
    docs: [
      `The object ${commentText(name)}: \`open()\`, set its global variables, \`load()\`, \`attach()\`, and \`destroy()\` when done.`,
    ],
    properties: members.map((member) => ({
      name: member.name,
      type: member.type,
      isReadonly: true,
      hasExclamationToken: true,
      docs: [commentText(member.docs)],
    })),
    ctors: [
      {
        statements: [
          `super(${JSON.stringify(name)}, OBJECT, OBJECT_SIZE);`,
          ...assignments(members),
        ],
      },
    ],
    methods: [
      {
        name: "open",
        isStatic: true,
        returnType: className,
        docs: [
          "Opens the object that this module carries. After a failure, `load()` returns its errno.",
        ],
        statements: [`return new ${className}();`],
      },
    ],
  };
}

function assignments(members: readonly Member[]): string[] {
  // The compiler wants every member to be set before `this` is used.
  return [
    ...members.map(({ name, value }) => `this.${name} = ${value};`),
    ...members.flatMap(({ after }) => after ?? []),
  ];
}
