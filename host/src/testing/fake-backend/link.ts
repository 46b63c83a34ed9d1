import { constants } from "node:os";
import type { BackendLink } from "../../backend/backend.js";
import type { FakeBackend } from "./backend.js";

const { EINVAL } = constants.errno;

/** A link whose iterator says "done" once. */
export function fakeLink(backend: FakeBackend, name: string): BackendLink {
  backend.attached.add(name);
  let detached = false;
  return {
    destroy: () => void backend.attached.delete(name),
    detach: () => {
      detached = true;
      backend.attached.delete(name);
    },
    update: (program) => {
      backend.attached.delete(name);
      backend.attached.add(program.name);
    },
    info: () => ({
      type: 3,
      id: 4,
      programId: detached ? 0 : 7,
      attachType: -1,
      target: 0x5_0000_0006n,
    }),
    pin: (path) => backend.pin(path),
    unpin: (path) => backend.unpin(path),
    read: (_pointer, length) => (length > 0 ? 0 : -EINVAL),
  };
}
