import assert from "node:assert/strict";
import { Privileges, untouchedPrivileges } from "./privileges.js";

describe("Privileges", () => {
  const plan = { start: ["CAP_BPF"], attached: ["CAP_NET_ADMIN"] } as const;
  function watched(bySelf: boolean) {
    const drops: (readonly string[])[] = [];
    return { drops, privileges: new Privileges(plan, bySelf, (keep) => drops.push(keep)) };
  }

  it("go at the first wait with something attached, once", () => {
    const { drops, privileges } = watched(false);
    privileges.beforeWait();
    assert.deepEqual(drops, []);
    privileges.attached();
    assert.deepEqual(drops, []);
    privileges.beforeWait();
    privileges.beforeWait();
    privileges.attached();
    privileges.beforeWait();
    assert.deepEqual(drops, [["CAP_NET_ADMIN"]]);
  });

  it("go when the module says so, if it ever does", () => {
    const { drops, privileges } = watched(true);
    privileges.attached();
    privileges.beforeWait();
    assert.deepEqual(drops, []);
    privileges.drop();
    privileges.drop();
    assert.deepEqual(drops, [["CAP_NET_ADMIN"]]);
  });

  it("of a process that gives up nothing are left alone", () => {
    const privileges = untouchedPrivileges();
    privileges.attached();
    privileges.beforeWait();
    privileges.drop();
  });
});
