import assert from "node:assert/strict";
import { Module, type PermissionsDocument, parsePolicy } from "@wbpf/host";
import { buildWasm } from "../testing/wasm-builder.js";

const POLICY = parsePolicy(
  "version: 1\nprograms: { allow: [{ type: xdp }, { type: tracepoint }] }\nmaps: { types: [hash] }",
  "x.policy.yaml",
);

describe("the capabilities of a module", () => {
  const needs = async (permissions?: PermissionsDocument) => {
    // It opens objects, and shows none: it may be any of those that it is granted and asks for.
    const bytes = buildWasm({
      imports: [["wbpf", "object_open", "iiii:i"]],
      custom: [["wbpf", JSON.stringify({ abi: 1, name: "tool", permissions })]],
    });
    const module = await Module.fromBytes(bytes);
    return (await module.capabilityNeeds(POLICY)).map(({ capability }) => capability).sort();
  };

  it("are those for what its policy grants and its manifest asks for", async () => {
    const all = await needs();
    const fewer = await needs({ programs: { allow: [{ type: "tracepoint" }] } });
    assert.ok(all.includes("CAP_NET_ADMIN"), String(all));
    assert.ok(!fewer.includes("CAP_NET_ADMIN"), String(fewer));
    assert.ok(fewer.includes("CAP_PERFMON"), String(fewer));
  });
});
