/** What a module waits in, as module and name of the imports. */
export const WAITING_IMPORTS: readonly string[] = [
  "wbpf.buffer_wait",
  "wbpf.buffer_poll",
  "wasi_snapshot_preview1.poll_oneoff",
];
