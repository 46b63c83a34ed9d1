import assert from "node:assert/strict";
import type { BackendLink, BackendProgram, LinkInfo } from "../../backend/backend.js";
import type { AuditRecord } from "../audit/record.js";
import { parsePolicy } from "../file/parse.js";
import { Guard } from "../guard/guard.js";
import { GuardedLink, type LinkOrigin } from "./link.js";
import { PinPaths } from "./pin-paths.js";

/** `enum bpf_prog_type` and `enum bpf_attach_type` (include/uapi/linux/bpf.h). */
const XDP = { section: "xdp", type: 6, attachType: 37 };
const TCX_INGRESS = { section: "tcx/ingress", type: 3, attachType: 46 };
const CGROUP_SOCK = { section: "cgroup/sock_create", type: 9, attachType: 2 };

/** Of links: XDP and tcx on the loopback, and a cgroup's. */
const ON_LO: LinkInfo = { type: 6, id: 1, programId: 2, attachType: -1, target: 1n };
const TCX_ON_LO: LinkInfo = { ...ON_LO, type: 11, attachType: 46 };
const OF_CGROUP: LinkInfo = { ...ON_LO, type: 3, attachType: 2, target: 4711n };

const OWN: LinkOrigin = { pin: { path: "/x", use: { kind: "pin", path: "x", own: true } } };
const SHARED: LinkOrigin = { pin: { path: "/x", use: { kind: "pin", path: "/x", own: false } } };

/** Puts a program in a link under a policy that grants such programs. What came of it, and what was recorded. */
function update(grant: string, origin: LinkOrigin, info: LinkInfo, of: Partial<BackendProgram>) {
  const records: AuditRecord[] = [];
  const guard = new Guard({
    policy: parsePolicy(`version: 1\nprograms: { allow: [{ ${grant} }] }`, "test.yaml"),
    asks: undefined,
    digest: "0".repeat(64),
    name: "tool.wasm",
    audit: (record) => records.push(record),
  });
  let updated = false;
  const raw = {
    info: () => info,
    read: () => 0,
    update: () => {
      updated = true;
    },
  } as Partial<BackendLink> as BackendLink;
  const link = new GuardedLink(raw, guard, new PinPaths("tool.wasm"), origin);
  let message = "";
  try {
    link.update({ name: "second", ...of } as BackendProgram);
  } catch (error) {
    message = (error as Error).message;
  }
  assert.equal(records.length, 1);
  assert.equal(records[0]?.call, "link_update");
  assert.equal(records[0]?.verdict, updated ? "allow" : "deny");
  return { updated, message, target: records[0]?.target };
}

describe("putting a program in a link, under a policy", () => {
  const attached: LinkOrigin = {
    uses: [{ kind: "attach", program: "first", type: "xdp", target: "lo" }],
  };

  it("asks for the place that the module attached to, and names the new program", () => {
    const good = update("type: xdp, targets: [lo]", attached, ON_LO, XDP);
    assert.deepEqual(good, { updated: true, message: "", target: "xdp lo" });
    const { updated, message } = update("type: xdp, targets: [eth0]", attached, ON_LO, XDP);
    assert.equal(updated, false);
    assert.match(message, /^link_update: denied by test\.yaml: program 'second' attaches to 'lo'/);
  });

  it("asks for the interface that a pin of its own leads to", () => {
    assert.ok(update("type: xdp, targets: [lo]", OWN, ON_LO, XDP).updated);
    const { updated, message } = update("type: xdp, targets: [eth0]", OWN, ON_LO, XDP);
    assert.equal(updated, false);
    assert.match(message, /program 'second' attaches to 'lo', which is not among/);
  });

  it("asks for the direction, too", () => {
    const grant = (mode: string) => `type: tcx, targets: [lo], modes: [${mode}]`;
    assert.ok(update(grant("ingress"), OWN, TCX_ON_LO, TCX_INGRESS).updated);
    assert.equal(update(grant("egress"), OWN, TCX_ON_LO, TCX_INGRESS).updated, false);
  });

  it("asks for all places where the kernel does not tell which it is", () => {
    const { updated, message } = update(
      "type: cgroup_sock, targets: [/sys/fs/cgroup/x]",
      OWN,
      OF_CGROUP,
      CGROUP_SOCK,
    );
    assert.equal(updated, false);
    assert.match(message, /attaches to a place that is known only when it runs/);
    assert.ok(update(`type: cgroup_sock, targets: ["**"]`, OWN, OF_CGROUP, CGROUP_SOCK).updated);
  });

  it("asks for all places where the link is somebody else's, in whose namespace its interface may have another name", () => {
    assert.equal(update("type: xdp, targets: [lo]", SHARED, ON_LO, XDP).updated, false);
    assert.ok(update(`type: xdp, targets: ["**"]`, SHARED, ON_LO, XDP).updated);
  });

  it("asks for the type of the program that is put in", () => {
    const { updated, message } = update(`type: tcx, targets: ["**"]`, OWN, ON_LO, XDP);
    assert.equal(updated, false);
    assert.match(message, /attaches as xdp, which is not granted/);
  });
});
