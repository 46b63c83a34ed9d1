import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, readFileSync, rmSync } from "node:fs";
import { temporaryFolder, Wbpf, wbpf } from "../testing/built.js";
import { buildWasm, call, DROP, i32 } from "../testing/wasm-builder.js";

describe("wbpf sign, verify and run --roles", () => {
  const { put, path } = temporaryFolder();
  const description = JSON.stringify({ abi: 1, name: "tool", version: "1.4.0" });
  const me = execFileSync("id", ["-un"], { encoding: "utf8" }).trim();

  const pair = (name: string) => {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const pub = publicKey.export({ type: "spki", format: "pem" }) as string;
    put(`${name}.pub.pem`, pub);
    return { pub, secret: put(`${name}.pem`, privateKey.export({ type: "pkcs8", format: "pem" })) };
  };
  const put600 = (name: string, text: string) => {
    const file = put(name, text);
    chmodSync(file, 0o600);
    return file;
  };
  const module = () => put("tool.wasm", buildWasm({ custom: [["wbpf", description]] }));
  let ours: ReturnType<typeof pair>;
  before(() => {
    ours = pair("ours");
    pair("theirs");
    put600("tool.yaml", "version: 1\nhost: { stdout: true }\n");
  });
  const roles = (rule: string, user = me) =>
    put600(
      "roles.yaml",
      `version: 1
signers:
  - name: platform
    key: |
      ${ours.pub.trimEnd().replaceAll("\n", "\n      ")}
roles: [{ name: users, rules: [{ verbs: [use], modules: [${rule}], policy: tool.yaml }] }]
bindings: [{ role: users, subjects: [{ kind: User, name: ${user} }] }]
`,
    );

  it("sign writes what verify takes", async () => {
    const signed = await wbpf("sign", module(), "--key", ours.secret);
    assert.deepEqual(signed, { code: 0, stdout: `${path("tool.wasm.sig")}\n`, stderr: "" });
    const pub = path("ours.pub.pem");
    assert.deepEqual(await wbpf("verify", module(), "--key", pub), {
      code: 0,
      stdout: `${module()}: signed by the key of ${pub}\n`,
      stderr: "",
    });
    const other = await wbpf("verify", module(), "--key", path("theirs.pub.pem"));
    assert.equal(other.code, 1);
    assert.match(
      other.stderr,
      /tool\.wasm was not signed by the key of .*, or was changed since\n$/,
    );
  });

  it("tell what is wrong with keys and signatures in one sentence", async () => {
    const cases: [args: string[], code: number, stderr: RegExp][] = [
      [
        ["sign", module(), "--key", module()],
        2,
        /^wbpf: --key .*tool\.wasm: it is no key as PEM; 'openssl genpkey/,
      ],
      [["sign", module(), "--key", path("none")], 1, /^wbpf: cannot read .*none: /],
      [["sign", module()], 2, /^wbpf: required option '--key <key.pem>' not specified/],
      [
        ["verify", module(), "--key", ours.secret, "--signature", ours.secret],
        1,
        /is no signature/,
      ],
    ];
    for (const [args, code, pattern] of cases) {
      const ended = await wbpf(...args);
      assert.match(ended.stderr, pattern);
      assert.equal(ended.code, code);
    }
  });

  it("run lets those run it who have a role, under its policy", async () => {
    await wbpf("sign", module(), "--key", ours.secret);
    const file = roles("{ signer: platform, name: tool, version: ^1.0.0 }");
    assert.deepEqual(await wbpf("run", "--roles", file, module()), {
      code: 0,
      stdout: "",
      stderr: "",
    });
    assert.equal((await wbpf("policy", "check", file)).stdout, `${file}: it is a roles file\n`);
    rmSync(path("tool.wasm.sig"));
    const unsigned = await wbpf("run", "--roles", file, module());
    assert.equal(unsigned.code, 1);
    assert.match(
      unsigned.stderr,
      /may not run tool: no rule of 'users' in .*; it would have to be signed by 'platform', and has no signature\n$/,
    );
    const nobody = await wbpf("run", "--roles", roles("{ signer: platform }", "eve"), module());
    assert.match(
      nobody.stderr,
      new RegExp(`^wbpf: ${me} may run no module: .* binds no role to it`),
    );
  });

  it("run takes no flag beside --roles that would decide in its place", async () => {
    const file = roles("{ signer: platform }");
    for (const flags of [
      ["--allow-all"],
      ["--allow", "clock"],
      ["--policy", path("tool.yaml")],
      ["--mode", "audit"],
      ["--backend", "file:///tmp/x.js"],
      ["--backend", "kernel"],
    ]) {
      const ended = await wbpf("run", "--roles", file, ...flags, module());
      assert.equal(ended.code, 2);
      assert.match(
        ended.stderr,
        /^wbpf: --roles decides what the module may do; leave out --[a-z-]+\n/,
      );
      assert.ok(ended.stderr.includes(` ${flags[0]}\n`), ended.stderr);
    }
    const twice = await wbpf("run", "--roles", file, "--roles", file, module());
    assert.match(twice.stderr, /^wbpf: --roles is given twice\n/);
    assert.equal(twice.code, 2);
  });

  it("run writes files beside --roles for nobody who has lent rights, and those that the roles file names", async () => {
    const printing = put(
      "prints.wasm",
      buildWasm({
        custom: [["wbpf", description]],
        imports: [["wasi_snapshot_preview1", "fd_write", "iiii:i"]],
        data: [{ offset: 16, bytes: new Uint8Array([24, 0, 0, 0, 1, 0, 0, 0, 10]) }],
        start: [...[1, 16, 1, 8].flatMap(i32), ...call(0), DROP],
      }),
    );
    const digest = /[0-9a-f]{64}/.exec(
      execFileSync("sha256sum", [printing], { encoding: "utf8" }),
    )?.[0];
    const file = roles(`{ digest: "sha256:${digest}" }`);
    const log = path("own.jsonl");
    const run = (flags: string[], env: Record<string, string> = {}) =>
      new Wbpf(["run", "--roles", file, ...flags, printing], env).ended;
    const own = await run(["--audit", log, "--metrics", path("own.prom")]);
    assert.equal(own.stderr, "");
    assert.equal(own.code, 0);
    assert.match(readFileSync(log, "utf8"), /"verdict":"allow"/);
    if (process.getuid?.() === 0) {
      for (const flag of ["audit", "metrics"]) {
        const lent = await run([`--${flag}`, path("lent")], { SUDO_UID: "0" });
        assert.equal(lent.code, 2);
        assert.match(
          lent.stderr,
          new RegExp(`^wbpf: --${flag} would write a file with root's rights`),
        );
      }
      const said = await run(["--audit", "-"], { SUDO_UID: "0" });
      assert.equal(said.code, 0);
      assert.match(said.stderr, /"verdict":"allow"/);
    }
    put600("roles.yaml", `audit: theirs.jsonl\n${readFileSync(file, "utf8")}`);
    assert.equal((await run([], { SUDO_UID: "0" })).code, 0);
    assert.match(readFileSync(path("theirs.jsonl"), "utf8"), /"verdict":"allow"/);
  });

  it("run goes by no file that others can write, as root", async function () {
    if (process.getuid?.() !== 0) return this.skip();
    const file = roles("{ signer: platform }");
    chmodSync(file, 0o666);
    const ended = await wbpf("run", "--roles", file, module());
    assert.match(ended.stderr, /can be written by others; chmod go-w/);
    chmodSync(file, 0o600);
    const digest = /[0-9a-f]{64}/.exec(
      execFileSync("sha256sum", [module()], { encoding: "utf8" }),
    )?.[0];
    const pinned = roles(`{ digest: "sha256:${digest}" }`);
    chmodSync(path("tool.yaml"), 0o666);
    assert.match(
      (await wbpf("run", "--roles", pinned, module())).stderr,
      /tool\.yaml can be written/,
    );
    chmodSync(path("tool.yaml"), 0o600);
    const base = put("base.yaml", "version: 1\n");
    put600("tool.yaml", "version: 1\nextends: base.yaml\nhost: { stdout: true }\n");
    chmodSync(base, 0o666);
    assert.match(
      (await wbpf("run", "--roles", pinned, module())).stderr,
      /base\.yaml can be written/,
    );
    chmodSync(base, 0o600);
    assert.equal((await wbpf("run", "--roles", pinned, module())).code, 0);
    assert.ok(readFileSync(pinned, "utf8").includes(digest ?? ""));
  });
});
