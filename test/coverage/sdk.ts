import { join } from "node:path";
import { type ClassDeclaration, Node, Project } from "ts-morph";
import { root } from "../support/wbpf.js";

/** Where a tool imports from. AssemblyScript's grammar is TypeScript's, so what reads one reads the other. */
const ENTRIES = [
  "assembly/index.ts",
  "assembly/map/index.ts",
  "assembly/global/index.ts",
  "assembly/live/index.ts",
];

/** The names that tools can use: `"name"` for each export, `"Class.member"` for each member, inherited ones too, `"namespace.member"`. */
export function sdkExports(): ReadonlySet<string> {
  const project = new Project({
    compilerOptions: { noLib: true },
    skipFileDependencyResolution: false,
  });
  const names = new Set<string>();
  for (const entry of ENTRIES) {
    const file = project.addSourceFileAtPath(join(root, "sdk", entry));
    project.resolveSourceFileDependencies();
    for (const [name, declarations] of file.getExportedDeclarations()) {
      names.add(name);
      for (const declaration of declarations) {
        if (Node.isModuleDeclaration(declaration)) {
          for (const [member] of declaration.getExportedDeclarations()) {
            names.add(`${name}.${member}`);
          }
        }
        if (Node.isClassDeclaration(declaration)) {
          for (const member of membersOf(declaration)) names.add(`${name}.${member}`);
        }
      }
    }
  }
  return names;
}

function membersOf(declaration: ClassDeclaration): string[] {
  const own = [...declaration.getInstanceMembers(), ...declaration.getStaticMembers()].flatMap(
    (member) => {
      if (Node.isClassStaticBlockDeclaration(member)) return [];
      const hidden = member.hasModifier("private") || member.hasModifier("protected");
      return hidden ? [] : [member.getName()];
    },
  );
  const base = declaration.getBaseClass();
  return base === undefined ? own : [...own, ...membersOf(base)];
}
