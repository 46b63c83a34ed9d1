import type { Decoder } from "./decode.js";

/** Functions of the kernel and of ELF files. */
export const probeDecoders: {
  kprobe: Decoder<"kprobe">;
  "kprobe-multi": Decoder<"kprobe-multi">;
  ksyscall: Decoder<"ksyscall">;
  uprobe: Decoder<"uprobe">;
  "uprobe-multi": Decoder<"uprobe-multi">;
  usdt: Decoder<"usdt">;
} = {
  kprobe: (read) => ({
    kind: "kprobe",
    function: read.name("the function's name"),
    offset: read.u64(),
    cookie: read.u64(),
    retprobe: read.flag(),
  }),
  "kprobe-multi": (read) => ({
    kind: "kprobe-multi",
    pattern: read.name("the pattern"),
    functions: read.names("the list of functions"),
    cookies: read.numbers("the list of cookies"),
    retprobe: read.flag(),
  }),
  ksyscall: (read) => ({
    kind: "ksyscall",
    name: read.name("the system call's name"),
    cookie: read.u64(),
    retprobe: read.flag(),
  }),
  uprobe: (read) => ({
    kind: "uprobe",
    path: read.path("the file's path"),
    function: read.path("the function's name"),
    offset: read.u64(),
    cookie: read.u64(),
    pid: read.i32(-1),
    retprobe: read.flag(),
  }),
  "uprobe-multi": (read) => ({
    kind: "uprobe-multi",
    path: read.path("the file's path"),
    pattern: read.path("the pattern"),
    functions: read.names("the list of functions"),
    offsets: read.numbers("the list of offsets"),
    cookies: read.numbers("the list of cookies"),
    pid: read.i32(-1),
    retprobe: read.flag(),
  }),
  usdt: (read) => ({
    kind: "usdt",
    path: read.path("the file's path"),
    provider: read.name("the provider's name"),
    name: read.name("the static probe's name"),
    cookie: read.u64(),
    pid: read.i32(-1),
  }),
};
