import { IndentationText, Project } from "ts-morph";

let project: Project | undefined;

/** The one ts-morph project that files are printed with: in memory, made on first use, because making it is what takes time. */
export function scratch(): Project {
  project ??= new Project({
    useInMemoryFileSystem: true,
    skipLoadingLibFiles: true,
    skipFileDependencyResolution: true,
    manipulationSettings: { indentationText: IndentationText.TwoSpaces },
  });
  return project;
}
