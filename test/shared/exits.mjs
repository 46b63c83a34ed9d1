// Exits while modules wait and loop in a shared thread.
import { allowAll, Module, SharedThread } from "@wbpf/host";

const module = await Module.load(process.argv[2]);
const thread = new SharedThread();
let ready = 0;
for (const then of ["count", "count"]) {
  module.start({
    ...{ thread, policy: allowAll(), args: ["--then", then] },
    stdout: () => {
      if (++ready === 2) process.exit(7);
    },
  });
}
