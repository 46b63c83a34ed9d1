// Attaching a program to a place that the caller names. One file for each family of kinds.
#pragma once

#include <errno.h>

#include <string>

#include "attach/attachment.h"
#include "attach/request.h"

namespace wbpf {

// 0 or a negative errno, and which step failed: "attach", or "open" for a path that could not be
// opened.
struct Outcome {
  Outcome(int result) : error(result) {}  // NOLINT: returned as a number where nothing else is told
  Outcome(int result, const char* what) : error(result), step(what) {}

  int error;
  const char* step = "attach";
};

// What a kind does. `program` is loaded.
using AttachFunction = Outcome (*)(const bpf_program* program, const Request& request,
                                   Attached* attached);

// By AttachOptions' `kind`; null for a kind that is not known.
AttachFunction FindAttach(const std::string& kind);

// What libbpf's functions of the form "link or null and errno" give.
inline Outcome Adopt(bpf_link* link, Attached* attached) {
  if (!link) return -errno;
  *attached = std::make_unique<LibbpfLink>(link);
  return 0;
}

// trace.cc
Outcome AttachTracepoint(const bpf_program*, const Request&, Attached*);
Outcome AttachRawTracepoint(const bpf_program*, const Request&, Attached*);
Outcome AttachTrace(const bpf_program*, const Request&, Attached*);
Outcome AttachLsm(const bpf_program*, const Request&, Attached*);
Outcome AttachFreplace(const bpf_program*, const Request&, Attached*);
// probe.cc
Outcome AttachKprobe(const bpf_program*, const Request&, Attached*);
Outcome AttachKprobeMulti(const bpf_program*, const Request&, Attached*);
Outcome AttachKsyscall(const bpf_program*, const Request&, Attached*);
Outcome AttachUprobe(const bpf_program*, const Request&, Attached*);
Outcome AttachUprobeMulti(const bpf_program*, const Request&, Attached*);
Outcome AttachUsdt(const bpf_program*, const Request&, Attached*);
// perf_event.cc
Outcome AttachPerfEvent(const bpf_program*, const Request&, Attached*);
// iterator.cc
Outcome AttachIterator(const bpf_program*, const Request&, Attached*);
// network.cc
Outcome AttachXdp(const bpf_program*, const Request&, Attached*);
Outcome AttachTcx(const bpf_program*, const Request&, Attached*);
Outcome AttachNetkit(const bpf_program*, const Request&, Attached*);
Outcome AttachNetfilter(const bpf_program*, const Request&, Attached*);
Outcome AttachNetns(const bpf_program*, const Request&, Attached*);
// tc.cc
Outcome AttachTc(const bpf_program*, const Request&, Attached*);
// socket.cc
Outcome AttachCgroup(const bpf_program*, const Request&, Attached*);
Outcome AttachSockmap(const bpf_program*, const Request&, Attached*);
Outcome AttachSocketFilter(const bpf_program*, const Request&, Attached*);

}  // namespace wbpf
