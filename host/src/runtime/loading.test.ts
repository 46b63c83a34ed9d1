import assert from "node:assert/strict";
import { Loading } from "./loading.js";

describe("Loading", () => {
  const both = () => {
    const shared = Loading.shared();
    return { worker: new Loading(shared), owner: new Loading(shared) };
  };

  it("lets a Worker be terminated that has loaded", () => {
    const { worker, owner } = both();
    assert.equal(worker.loaded(), true);
    assert.equal(owner.unwanted(), true);
  });

  it("lets a Worker end by itself that loads", () => {
    const { worker, owner } = both();
    assert.equal(owner.unwanted(), false);
    assert.equal(worker.loaded(), false);
  });
});
