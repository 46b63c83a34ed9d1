/**
 * The part of the WebAssembly JavaScript interface that the host uses. Node's own typings leave it to the DOM library, which a Node program should not have in
 * scope. The shapes are those of the DOM library, so that a program which does include it sees no conflict.
 *
 * @module
 */
declare global {
  namespace WebAssembly {
    type ImportExportKind = "function" | "global" | "memory" | "table";
    type Exports = Record<string, ExportValue>;
    // biome-ignore lint/complexity/noBannedTypes: the shape that the DOM library declares
    type ExportValue = Function | Global | Memory | Table;
    type ImportValue = ExportValue | number;
    type Imports = Record<string, ModuleImports>;
    type ModuleImports = Record<string, ImportValue>;

    interface Global {
      valueOf(): unknown;
    }
    interface Table {
      readonly length: number;
    }
    interface Memory {
      readonly buffer: ArrayBuffer;
      grow(delta: number): number;
    }
    interface MemoryDescriptor {
      initial: number;
      maximum?: number;
      shared?: boolean;
    }
    var Memory: { prototype: Memory; new (descriptor: MemoryDescriptor): Memory };

    interface ModuleImportDescriptor {
      kind: ImportExportKind;
      module: string;
      name: string;
    }
    interface ModuleExportDescriptor {
      kind: ImportExportKind;
      name: string;
    }
    interface Module {}
    var Module: {
      prototype: Module;
      new (bytes: Uint8Array): Module;
      customSections(module: Module, sectionName: string): ArrayBuffer[];
      exports(module: Module): ModuleExportDescriptor[];
      imports(module: Module): ModuleImportDescriptor[];
    };

    interface Instance {
      readonly exports: Exports;
    }
    var Instance: { prototype: Instance; new (module: Module, imports?: Imports): Instance };

    interface CompileError extends Error {}
    var CompileError: { prototype: CompileError; new (message?: string): CompileError };
    interface RuntimeError extends Error {}
    var RuntimeError: { prototype: RuntimeError; new (message?: string): RuntimeError };

    interface Exception {
      readonly stack?: string;
    }
    var Exception: { prototype: Exception; new (tag: never, payload: unknown[]): Exception };

    function compile(bytes: Uint8Array): Promise<Module>;
  }
}

export {};
