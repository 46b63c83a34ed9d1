import assert from "node:assert/strict";
import { parsePolicy } from "../file/parse.js";
import type { FileUse } from "../model/use.js";
import { decide } from "./decide.js";

describe("what a policy says of files", () => {
  const may = (grant: string, path: string, access: FileUse["access"]): boolean => {
    const { permissions } = parsePolicy(`version: 1\nhost: { files: [${grant}] }`, "test.yaml");
    return decide(permissions, { kind: "file", path, access }).allowed;
  };

  it("grants with all that lies below a folder its list of names, and no more of it", () => {
    const grant = "{ path: /data/**, access: write }";
    assert.ok(may(grant, "/data/a/b", "write"));
    assert.ok(may(grant, "/data", "read"));
    assert.equal(may(grant, "/data", "write"), false);
    assert.equal(may(grant, "/database", "read"), false);
    assert.equal(may(grant, "/", "read"), false);
  });

  it("grants no list of names with a pattern that is for one level", () => {
    assert.equal(may("{ path: /data/*, access: read }", "/data", "read"), false);
    assert.equal(may("{ path: /data/*, access: read }", "/data/a", "read"), true);
  });
});
