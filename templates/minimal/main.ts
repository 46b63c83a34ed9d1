import { console, fail, run } from "@wbpf/sdk/assembly";
import { {{Class}}, Event } from "./{{name}}.bpf";

export function main(): i32 {
  const tool = {{Class}}.open();
  if (tool.load() < 0 || tool.attach() < 0) return fail();

  tool.maps.events.onEvent((e: Event) => {
    console.log(`${e.pid} ${e.comm}`);
  });
  return run();
}
