import assert from "node:assert/strict";
import type { PermissionsDocument } from "../model/document.js";
import { mergePermissions } from "./merge.js";
import { parsePolicy } from "./parse.js";
import { writeGrants, writePolicy } from "./write.js";

describe("writePolicy", () => {
  it("writes what a person would, in a fixed order", () => {
    const text = writePolicy(
      {
        limits: { callback: "500ms", memory: 16 * 2 ** 20 },
        host: { files: [{ access: "read", path: "/etc/hostname" }], stdout: true },
        maps: { maxBytes: 2 ** 21, types: ["hash", "ringbuf"] },
        programs: {
          max: 2,
          allow: [
            {
              targets: ["sched/sched_process_exec", "sched/sched_process_exit"],
              type: "tracepoint",
            },
            { type: "syscall" },
          ],
        },
        name: "bootstrap",
      },
      {
        header: ["The least that bootstrap needs.", ""],
        notes: new Map([
          ["programs.allow[1]", "program 'run\nme'"],
          ["maps.maxBytes", "rb: 1 MiB"],
        ]),
      },
    );
    assert.equal(
      text,
      `# The least that bootstrap needs.
#
version: 1
name: bootstrap
programs:
  allow:
    - type: tracepoint
      targets: [sched/sched_process_exec, sched/sched_process_exit]
    # program 'run me'
    - type: syscall
  max: 2
maps:
  types: [hash, ringbuf]
  # rb: 1 MiB
  maxBytes: 2Mi
host:
  stdout: true
  files:
    - {path: /etc/hostname, access: read}
limits:
  memory: 16Mi
  callback: 500ms
`,
    );
    const { permissions } = parsePolicy(text, "x");
    assert.equal(permissions.programs.length, 2);
    assert.equal(permissions.maxMapBytes?.value, 2 ** 21);
  });

  it("quotes what YAML would read as something else", () => {
    const targets = ["*", "**", "- a/b", "# a/b", "a/b: c", "true/1", "'", '"', "[a/b]", "a/b #x"];
    const text = writePolicy({ programs: { allow: [{ type: "kprobe", targets }] } });
    assert.deepEqual(parsePolicy(text, "x").permissions.programs[0]?.targets, targets);
    const environment = ["1", "true", "null", "~", "0x1", "1e3"];
    assert.deepEqual(
      parsePolicy(writePolicy({ host: { environment } }), "x").permissions.environment.map(
        ({ value }) => value,
      ),
      environment,
    );
  });

  it("puts long lists on lines of their own", () => {
    const targets = Array.from({ length: 9 }, (_, i) => `syscalls/sys_enter_number_${i}`);
    const text = writeGrants({ programs: { allow: [{ type: "tracepoint", targets }] } });
    assert.match(text, /targets:\n {8}- syscalls\/sys_enter_number_0\n/);
  });
});

describe("mergePermissions", () => {
  const grant = (...allow: NonNullable<PermissionsDocument["programs"]>["allow"] & object) => ({
    programs: { allow },
  });

  it("joins grants of one type, and keeps apart what only some modes were granted for", () => {
    const parts: PermissionsDocument[] = [
      grant({ type: "tc", targets: ["eth0"], modes: ["ingress"] }),
      grant({ type: "tc", targets: ["eth1"], modes: ["egress"] }),
      grant({ type: "tc", targets: ["eth0"], modes: ["egress"] }),
      grant({ type: "tc" }, { type: "lsm", sleepable: true }),
      grant({ type: "lsm", targets: ["file_open"] }, { type: "lsm", targets: ["bpf"] }),
      { programs: { max: 1 }, maps: { types: ["hash"], maxBytes: "1Mi" } },
      { programs: { max: 3 }, maps: { types: ["array", "hash"], maxBytes: 2 ** 21 } },
      { host: { stdout: true, files: [{ path: "/a", access: "read" }] } },
      { host: { clock: false, files: [{ path: "/a", access: "write" }] } },
    ];
    const expected: PermissionsDocument = {
      programs: {
        allow: [
          { type: "lsm", targets: ["bpf", "file_open"], sleepable: true },
          { type: "tc", targets: ["eth1"], modes: ["egress"] },
          { type: "tc", targets: ["eth0"], modes: ["egress", "ingress"] },
        ],
        max: 3,
      },
      maps: { types: ["array", "hash"], maxBytes: 2 ** 21 },
      host: { stdout: true, files: [{ path: "/a", access: "write" }] },
    };
    assert.deepEqual(mergePermissions(parts), expected);
    assert.deepEqual(mergePermissions(parts.toReversed()), expected);
  });

  it("grants every mode of a target that one grant gives every mode of", () => {
    assert.deepEqual(
      mergePermissions([
        grant({ type: "xdp", targets: ["eth0"] }),
        grant({ type: "xdp", targets: ["eth0"], modes: ["native"] }),
      ]),
      grant({ type: "xdp", targets: ["eth0"] }),
    );
  });

  it("makes nothing of nothing", () => {
    assert.deepEqual(mergePermissions([]), {});
    assert.deepEqual(mergePermissions([{ programs: { helpers: { allow: [] } } }]), {
      programs: { helpers: { allow: [] } },
    });
  });
});
