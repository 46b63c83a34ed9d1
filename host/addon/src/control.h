// What is said of an object's maps and programs before its load, and asked of them after.
#pragma once

#include <string>

#include "js.h"
#include "libbpf.h"

namespace wbpf {

// Give 0 or a negative errno: -EINVAL for a property that does not exist, -EBUSY after the load
// where libbpf has that.
int SetProgram(bpf_program* program, const std::string& property, uint32_t value);
int SetMap(bpf_map* map, const std::string& property, uint64_t value);
// Uses the map that is pinned at `path` instead of a new one: -EINVAL unless it is a map like this.
int ReusePinned(bpf_map* map, const std::string& path);
// Whether a descriptor stands for a thing of BPF, such as "bpf-map" or "bpf_link" (the names of the
// kernel's anonymous inodes).
bool StandsFor(int fd, const char* thing);
// Pins what a descriptor stands for. libbpf's own pin functions remember the first path that was
// tried, and make folders.
int PinAt(int fd, const std::string& path);

// See NativeProgramInfo in host/src/backend/kernel/native.ts. Throws and returns undefined on
// failure.
js::Value ProgramInfo(napi_env env, int fd);

// Gives programs whose section name libbpf does not know the type that newer libbpfs give them, and
// lets struct_ops maps be attached by a link where the kernel can.
void CompleteObject(bpf_object* object);

}  // namespace wbpf
