import type { KeyObject } from "node:crypto";

/** A roles file as it is written. */
export interface RolesDocument {
  readonly version: 1;
  readonly trustSudo?: boolean;
  readonly audit?: string;
  readonly signers?: readonly { readonly name: string; readonly key: string }[];
  readonly roles: readonly { readonly name: string; readonly rules: readonly RuleDocument[] }[];
  readonly bindings: readonly {
    readonly role: string;
    readonly subjects: readonly SubjectName[];
  }[];
}

export interface RuleDocument {
  readonly verbs: readonly "use"[];
  readonly modules: readonly ModuleRule[];
  readonly policy: string;
}

/** Which modules: everything that is written has to be so. */
export interface ModuleRule {
  readonly digest?: string;
  readonly signer?: string;
  readonly name?: string;
  readonly version?: string;
  readonly allowUnsigned?: boolean;
}

/** One of those whom a binding names. */
export interface SubjectName {
  /** `Subject`: of a token that the embedding program has verified. */
  readonly kind: "User" | "Group" | "Subject";
  readonly name: string;
}

/** Who wants to run a module. */
export interface Subject {
  readonly user?: string;
  readonly groups?: readonly string[];
  /** Of a verified token, such as `system:serviceaccount:default:agent`. */
  readonly subject?: string;
}

/** What is known of a module that somebody wants to run. */
export interface ModuleIdentity {
  /** SHA-256 of its file, 64 hexadecimal digits. */
  readonly digest: string;
  /** Its own word. */
  readonly name: string | undefined;
  /** Its own word. */
  readonly version: string | undefined;
  /** Of 64 bytes, not verified yet; `undefined`: there is none. */
  readonly signature: Uint8Array | undefined;
}

/** A rule of a role that somebody has, with where it stands. */
export interface Rule {
  readonly role: string;
  readonly subjects: readonly SubjectName[];
  readonly modules: readonly ModuleRule[];
  /** Absolute. */
  readonly policy: string;
  /** `FILE:LINE roles[0].rules[1]`. */
  readonly origin: string;
}

/** A roles file that was read and checked. */
export interface Roles {
  /** What messages call it. */
  readonly name: string;
  readonly trustSudo: boolean;
  /** Absolute: where `wbpf run` adds a record of each grant that is used and each denial. */
  readonly audit: string | undefined;
  readonly signers: ReadonlyMap<string, KeyObject>;
  /** In the order in which they are tried. */
  readonly rules: readonly Rule[];
}
