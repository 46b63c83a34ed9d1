// Exits while two modules wait in a shared thread; or, without a module, comes to its end.
import { allowAll, Module, SharedThread } from "@wbpf/host";

const thread = new SharedThread();
if (process.argv[2] === undefined) {
  process.exitCode = 7;
  await new Promise((resolve) => setTimeout(resolve, 500));
}
const modules = process.argv.slice(2).map((file) => Module.load(file));
let ready = 0;
for (const module of await Promise.all(modules)) {
  module.start({
    ...{ thread, policy: allowAll() },
    stdout: () => {
      if (++ready === 2) process.exit(7);
    },
  });
}
