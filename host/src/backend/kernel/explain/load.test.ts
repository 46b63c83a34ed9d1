import assert from "node:assert/strict";
import { withGuest } from "../../conformance/guest.js";
import { throwsBpf } from "../../conformance/objects.js";
import { compileSource } from "../../testing/compile.js";
import { needsKernel } from "../../testing/needs-kernel.js";
import { KernelBackend } from "../kernel-backend.js";

const HEAD = `
  #include <linux/bpf.h>
  #include <bpf/bpf_helpers.h>
  char LICENSE[] SEC("license") = "GPL";
`;
/** A map with these attributes, and a program that uses it. */
const withMap = (attributes: string) => `
  struct { ${attributes} } subject SEC(".maps");
  SEC("syscall") int program(void *context) {
    __u64 key = 0;
    return bpf_map_delete_elem(&subject, &key);
  }`;

const hash = (rest: string) => `__uint(type, BPF_MAP_TYPE_HASH); ${rest}`;
const array = (rest: string) => `__uint(type, BPF_MAP_TYPE_ARRAY); ${rest}`;
const SIZES = "__uint(key_size, 4); __uint(value_size, 8);";

const CASES: readonly (readonly [title: string, source: string, code: string, says: RegExp])[] = [
  [
    "a map without max_entries",
    withMap(hash(`${SIZES} __uint(max_entries, 0);`)),
    "EINVAL",
    /map 'subject' could not be created: max_entries is 0/,
  ],
  [
    "an array with a key that is not 4 bytes",
    withMap(array("__uint(key_size, 8); __uint(value_size, 8); __uint(max_entries, 1);")),
    "EINVAL",
    /'subject'.*the key of an array has 4 bytes, not 8/,
  ],
  [
    "a map type that nobody knows",
    withMap(`__uint(type, 99); ${SIZES} __uint(max_entries, 1);`),
    "EINVAL",
    /'subject'.*neither libbpf nor the kernel knows map type 99/,
  ],
  [
    "a map that is larger than the memory",
    withMap(
      array(`__uint(key_size, 4); __uint(value_size, 65536); __uint(max_entries, 0x7ffffff);`),
    ),
    "ENOMEM",
    /'subject'.*not enough memory for 134217727 entries of 4 \+ 65536 bytes/,
  ],
  [
    "a section name that libbpf does not know",
    `SEC("nonsense") int program(void *context) { return 0; }`,
    "EINVAL",
    /program 'program' has a section name that libbpf does not know: SEC\("nonsense"\)/,
  ],
  [
    "a kernel symbol that does not exist",
    `extern const void no_such_symbol __ksym;
     SEC("raw_tp/sys_enter") int program(void *context) { return (long)&no_such_symbol; }`,
    "ESRCH",
    /extern 'no_such_symbol' was not found.*__weak/,
  ],
  [
    "a kernel option that does not exist",
    `extern int CONFIG_NO_SUCH_OPTION __kconfig;
     SEC("raw_tp/sys_enter") int program(void *context) { return CONFIG_NO_SUCH_OPTION; }`,
    "ESRCH",
    /extern 'CONFIG_NO_SUCH_OPTION' was not found: the kernel's configuration/,
  ],
  [
    "a field that this kernel's structure lacks",
    `struct task_struct { int no_such_field; } __attribute__((preserve_access_index));
     SEC("raw_tp/sys_enter") int program(void *context) {
       struct task_struct *task = (void *)bpf_get_current_task();
       int value = 0;
       bpf_probe_read_kernel(&value, sizeof value, &task->no_such_field);
       return value;
     }`,
    "EINVAL",
    /'program'.*CO-RE relocation.*struct task_struct\.no_such_field[\s\S]*bpf_core_field_exists/,
  ],
  [
    "an attach function that this kernel lacks",
    `SEC("fentry/no_such_function") int program(void *context) { return 0; }`,
    "ESRCH",
    /'program'.*attaches to 'no_such_function', which this kernel does not have/,
  ],
];

describe("a load that fails says what, on what, why and what to do:", () => {
  before(needsKernel);

  for (const [title, source, code, says] of CASES) {
    it(title, () => {
      withGuest(new KernelBackend(), ({ session }) => {
        const bytes = compileSource(HEAD + source, "subject");
        const opened = session.openObject(bytes, { name: "subject" });
        const error = throwsBpf(code, says, () => opened.load());
        assert.match(error.message, /^cannot load BPF object 'subject': /);
        assert.doesNotMatch(error.message, /ulimit|libbpf:/);
        assert.ok((error.detail ?? "").includes("libbpf: "), "the detail has libbpf's own words");
      });
    });
  }

  it("a map that wants to be pinned, where that was not allowed", () => {
    const source = withMap(
      hash(`${SIZES} __uint(max_entries, 1); __uint(pinning, LIBBPF_PIN_BY_NAME);`),
    );
    withGuest(new KernelBackend(), ({ session }) => {
      throwsBpf("EPERM", /'subject'.*pinned by name/, () =>
        session.openObject(compileSource(HEAD + source, "pinned"), { name: "pinned" }),
      );
    });
  });
});
