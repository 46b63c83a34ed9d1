import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync } from "node:fs";
import { HostError } from "../../errors.js";
import { temporaryFolder } from "../../testing/built.js";
import { PolicyError } from "../file/problem.js";
import { AuthorizationError, authorize, findRule } from "./authorize.js";
import { callerOf, requireOwnFile } from "./caller.js";
import { identityOf } from "./identity.js";
import type { ModuleIdentity, Subject } from "./model.js";
import { loadRoles, parseRoles } from "./parse.js";
import { isSigned, parseSignature, privateKey, publicKey, signDigest } from "./signature.js";

function keyPair(type: "ed25519" | "x25519" = "ed25519") {
  const { publicKey, privateKey } = generateKeyPairSync(type as "ed25519");
  return {
    pub: publicKey.export({ type: "spki", format: "pem" }) as string,
    secret: privateKey.export({ type: "pkcs8", format: "pem" }) as string,
  };
}

const ours = keyPair();
const theirs = keyPair();
const DIGEST = "ab".repeat(32);
const indent = (pem: string) => pem.trimEnd().replaceAll("\n", "\n      ");

const ROLES = `version: 1
signers:
  - name: platform
    key: |
      ${indent(ours.pub)}
roles:
  - name: observers
    rules:
      - verbs: [use]
        modules: [{ signer: platform, name: opensnoop, version: ^1.2.0 }]
        policy: observe.yaml
      - verbs: [use]
        modules: [{ digest: "sha256:${DIGEST}" }]
        policy: /etc/pinned.yaml
  - name: developers
    rules:
      - verbs: [use]
        modules: [{ name: toy, allowUnsigned: true }]
        policy: toy.yaml
bindings:
  - role: observers
    subjects:
      - { kind: User, name: alice }
      - { kind: Subject, name: "system:serviceaccount:default:agent" }
  - role: developers
    subjects: [{ kind: Group, name: dev }]
`;

const roles = parseRoles(ROLES, "/srv/roles.yaml");
const module = (over: Partial<ModuleIdentity> = {}): ModuleIdentity => ({
  digest: "cd".repeat(32),
  name: "opensnoop",
  version: "1.2.3",
  signature: parseSignature(signDigest("cd".repeat(32), privateKey(ours.secret))),
  ...over,
});
const rule = (subject: Subject, over?: Partial<ModuleIdentity>) =>
  findRule({ roles, subject, module: module(over) });

describe("roles", () => {
  it("let a subject run what a rule is about, under that rule's policy", () => {
    const found = rule({ user: "alice" });
    assert.deepEqual(
      [found.role, found.policy, found.origin],
      ["observers", "/srv/observe.yaml", "/srv/roles.yaml:11 roles[0].rules[0]"],
    );
    const agent = { subject: "system:serviceaccount:default:agent" };
    assert.equal(
      rule(agent, { digest: DIGEST, name: undefined, signature: undefined }).policy,
      "/etc/pinned.yaml",
    );
    assert.equal(
      rule({ user: "bob", groups: ["x", "dev"] }, { name: "toy", signature: undefined }).policy,
      "/srv/toy.yaml",
    );
  });

  const alice = { user: "alice" };
  const cases: readonly [string, Subject, Partial<ModuleIdentity>, RegExp][] = [
    [
      "somebody without a role",
      { user: "eve" },
      {},
      /^eve may run no module: .*roles\.yaml binds no role to it$/,
    ],
    ["nobody", {}, {}, /^nobody may run no module/],
    [
      "a user with the name of a subject",
      { user: "system:serviceaccount:default:agent" },
      {},
      /may run no module/,
    ],
    ["a subject with the name of a user", { subject: "alice" }, {}, /^alice may run no module/],
    ["a user with the name of a group", { user: "dev" }, { name: "toy" }, /may run no module/],
    [
      "no signature",
      alice,
      { signature: undefined },
      /^alice may not run opensnoop: no rule of 'observers' .*; it would have to be signed by 'platform', and has no signature$/,
    ],
    [
      "another's signature",
      alice,
      { signature: parseSignature(signDigest("cd".repeat(32), privateKey(theirs.secret))) },
      /signed by 'platform', and its signature is not theirs$/,
    ],
    [
      "the signature of another module",
      alice,
      { signature: parseSignature(signDigest("ef".repeat(32), privateKey(ours.secret))) },
      /its signature is not theirs$/,
    ],
    [
      "an older version",
      alice,
      { version: "1.1.9" },
      /its version is 1\.1\.9, and \^1\.2\.0 is wanted$/,
    ],
    ["a version that is none", alice, { version: "latest" }, /its version is latest/],
    ["no version", alice, { version: undefined }, /its version is not told/],
    ["another name", alice, { name: "toy" }, /^alice may not run toy: no rule/],
    ["no name", alice, { name: undefined }, /^alice may not run sha256:cdcdcdcdcdcd…: no rule/],
    ["another digest", alice, { name: undefined, digest: "ac".repeat(32) }, /may not run/],
  ];
  for (const [title, subject, over, message] of cases) {
    it(`refuse ${title}`, () => {
      assert.throws(
        () => rule(subject, over),
        (error) => error instanceof AuthorizationError && message.test(error.message),
      );
    });
  }

  const minimal = (rule: string, more = "") => `version: 1
${more}
roles: [{ name: r, rules: [{ verbs: [use], modules: [${rule}], policy: p.yaml }] }]
bindings: [{ role: r, subjects: [{ kind: User, name: a }] }]
`;
  const bad: readonly [string, RegExp][] = [
    ["version: 1", /r\.yaml:1:1: 'roles' is missing \(and 1 more/],
    [
      minimal("{ name: x }"),
      /^r\.yaml:3:\d+: roles\[0\]\.rules\[0\]\.modules\[0\]: a name is the module's own word, and any module can say that it is 'x'; add a signer or a digest, or allowUnsigned: true$/,
    ],
    [minimal("{ name: x, allowUnsigned: false }"), /a name is the module's own word/],
    [minimal("{ allowUnsigned: true }"), /it names no module/],
    [minimal("{ signer: platform }"), /there is no signer 'platform'; it has no signers$/],
    [minimal("{ version: 1.0.0, digest: abc }"), /'abc' is not a digest, such as sha256:/],
    [minimal(`{ version: ^1.0.0, digest: "sha256:${DIGEST}" }`), /a version needs a name/],
    [
      minimal("{ name: x, version: newest, allowUnsigned: true }"),
      /'newest' is not a range of versions/,
    ],
    [minimal("{}").replace("[use]", "[get]"), /'get' is not the verb 'use'/],
    [
      minimal("{}").replace("User", "Robot"),
      /'Robot' is not a kind of subject; there are 'User', 'Group', 'Subject'$/,
    ],
    [
      minimal("{ name: x, allowUnsigned: true }").replace("role: r", "role: q"),
      /bindings\[0\]\.role: there is no role 'q'; did you mean 'r'\?$|it has 'r'$/,
    ],
    [
      minimal("{ signer: s }", "signers: [{ name: s, key: nonsense }]"),
      /signers\[0\]\.key: it is no key as PEM/,
    ],
    [
      minimal("{ signer: s }", `signers:\n  - name: s\n    key: |\n      ${indent(ours.secret)}`),
      /it is a private key; the public one belongs here$/,
    ],
    [
      minimal(
        "{ signer: s }",
        `signers:\n  - name: s\n    key: |\n      ${indent(keyPair("x25519").pub)}`,
      ),
      /it is a key of type x25519; ed25519 was expected$/,
    ],
  ];
  for (const [text, message] of bad) {
    it(`refuses a file: ${message.source.slice(0, 60)}`, () => {
      assert.throws(
        () => parseRoles(text, "r.yaml"),
        (error) => error instanceof PolicyError && message.test(error.message),
        text,
      );
    });
  }

  describe("and files", () => {
    const { put, path } = temporaryFolder();
    it("are read, with the policy beside them", async () => {
      put("observe.yaml", "version: 1\nhost: { stdout: true }");
      const file = put("roles.yaml", ROLES);
      const options = { roles: await loadRoles(file), subject: alice, module: module() };
      const { policy, role } = await authorize(options);
      assert.deepEqual([role, [...policy.permissions.switches.keys()]], ["observers", ["stdout"]]);
      const gone = { ...options, module: module({ digest: DIGEST, name: "x" }) };
      await assert.rejects(authorize(gone), /\/etc\/pinned\.yaml: cannot be read/);
    });

    it("are not root's word when others can write them", () => {
      const file = put("mine.yaml", "version: 1");
      chmodSync(file, 0o666);
      requireOwnFile(file, 1000);
      if (process.getuid?.() !== 0) {
        assert.throws(() => requireOwnFile(file, 0), /does not belong to root/);
        return;
      }
      assert.throws(() => requireOwnFile(file, 0), /can be written by others; chmod go-w/);
      chmodSync(file, 0o644);
      requireOwnFile(file, 0);
      assert.throws(() => requireOwnFile(path("none"), 0), /ENOENT/);
    });
  });
});

describe("callerOf", () => {
  const me = process.getuid?.() ?? -1;

  it("is the user of the process, whatever SUDO_UID says", () => {
    const { user, groups } = callerOf({ trustSudo: false }, { uid: me, env: { SUDO_UID: "1" } });
    assert.equal(user, callerOf({ trustSudo: false }).user);
    assert.ok((groups ?? []).length > 0);
    assert.equal(callerOf({ trustSudo: true }, { uid: 1, env: { SUDO_UID: "0" } }).user, "daemon");
  });

  it("is who called sudo, where root says so", () => {
    const { user, groups } = callerOf({ trustSudo: true }, { uid: 0, env: { SUDO_UID: "1" } });
    assert.deepEqual([user, groups], ["daemon", ["daemon"]]);
    assert.equal(callerOf({ trustSudo: true }, { uid: 0, env: {} }).user, "root");
    for (const SUDO_UID of ["", "-1", "root", "0x1"]) {
      assert.throws(() => callerOf({ trustSudo: true }, { uid: 0, env: { SUDO_UID } }), HostError);
    }
  });
});

describe("signatures", () => {
  it("hold for one module and one key", () => {
    const signature = parseSignature(signDigest(DIGEST, privateKey(ours.secret)));
    assert.ok(signature !== undefined);
    assert.equal(isSigned(DIGEST, signature, publicKey(ours.pub)), true);
    assert.equal(isSigned(DIGEST, signature, publicKey(theirs.pub)), false);
    assert.equal(isSigned("cd".repeat(32), signature, publicKey(ours.pub)), false);
    const flipped = Uint8Array.from(signature, (byte, i) => (i === 9 ? byte ^ 1 : byte));
    assert.equal(isSigned(DIGEST, flipped, publicKey(ours.pub)), false);
  });

  it("are a line of Base64 and nothing else", () => {
    for (const text of ["", "abc", "A".repeat(88), `${"A".repeat(86)}==\nx`]) {
      assert.equal(parseSignature(text), undefined, text);
    }
    assert.throws(
      () => identityOf({ digest: DIGEST, description: undefined, name: "x.wasm" }, "abc"),
      /^HostError: the signature of x\.wasm is not a line of Base64/,
    );
  });
});
