/* SPDX-License-Identifier: GPL-2.0 OR Apache-2.0 */
/*
 * One event buffer on every kernel: a ring buffer where the kernel has them (Linux 5.8), perf buffers where it does not. The program is written once, the module's
 * handler too; which one it is the module decides when it loads the object, and the verifier never sees the other's branch.
 *
 *	#include <wbpf/event_buffer.bpf.h>
 *
 *	WBPF_EVENT_BUFFER(events, struct event, 256 * 1024);
 *
 *	SEC("tp/syscalls/sys_enter_openat")
 *	int on_open(void *ctx)
 *	{
 *		struct event *event = wbpf_reserve(events);
 *		if (!event)
 *			return 0;	// full: counted, the module is told
 *		event->pid = bpf_get_current_pid_tgid() >> 32;
 *		wbpf_submit(ctx, events, event);	// or wbpf_discard(events, event)
 *		return 0;
 *	}
 *
 * Write every field: the memory is whatever an earlier event left there. With perf buffers there is one event in the making for each CPU, so a program that another
 * one interrupts between reserve and submit may find its event overwritten; with a ring buffer this cannot happen.
 */
#ifndef WBPF_EVENT_BUFFER_BPF_H
#define WBPF_EVENT_BUFFER_BPF_H

#include <bpf/bpf_helpers.h>

/* A counter of one CPU, with a cache line of its own. */
struct wbpf_drops {
	__u64 count;
} __attribute__((aligned(64)));

/* CPUs that have a counter if nobody sets how many there are, as @wbpf/sdk does: further ones count in the first. */
#ifndef WBPF_EVENT_BUFFER_CPUS
#define WBPF_EVENT_BUFFER_CPUS 128
#endif

/*
 * Declares the buffer `name` for events of one type, of `bytes` in all (with perf buffers the module chooses the size). Its maps: `name`, `name_scratch` (an event in the
 * making) and `name_dropped` (how many events found no room, for each CPU; a per-CPU array where the kernel cannot map arrays, before Linux 5.5).
 */
#define WBPF_EVENT_BUFFER(name, event_type, bytes)                                                             \
	struct {                                                                                               \
		__uint(type, BPF_MAP_TYPE_RINGBUF);                                                            \
		__uint(max_entries, bytes);                                                                    \
	} name SEC(".maps");                                                                                   \
	struct {                                                                                               \
		__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);                                                       \
		__uint(max_entries, 1);                                                                        \
		__type(key, __u32);                                                                            \
		__type(value, event_type);                                                                     \
	} name##_scratch SEC(".maps");                                                                         \
	struct {                                                                                               \
		__uint(type, BPF_MAP_TYPE_ARRAY);                                                              \
		__uint(max_entries, WBPF_EVENT_BUFFER_CPUS);                                                   \
		/* BPF_F_MMAPABLE: the module reads them where they stand. */                                  \
		__uint(map_flags, 1 << 10);                                                                    \
		__type(key, __u32);                                                                            \
		__type(value, struct wbpf_drops);                                                              \
	} name##_dropped SEC(".maps");                                                                         \
	/* A section of its own: the module sets it before the load, and from then on it is a constant. */     \
	const volatile __u32 name##_ring SEC(".rodata." #name) = 1;                                            \
	const event_type *name##_event __attribute__((unused));                                                \
                                                                                                               \
	static __always_inline void name##__drop(void)                                                         \
	{                                                                                                      \
		__u32 cpu = bpf_get_smp_processor_id();                                                        \
		struct wbpf_drops *drops = bpf_map_lookup_elem(&name##_dropped, &cpu);                         \
		if (!drops) {                                                                                  \
			cpu = 0;                                                                               \
			drops = bpf_map_lookup_elem(&name##_dropped, &cpu);                                    \
		}                                                                                              \
		if (drops)                                                                                     \
			__sync_fetch_and_add(&drops->count, 1);                                                \
	}                                                                                                      \
                                                                                                               \
	static __always_inline event_type *name##__reserve(void)                                               \
	{                                                                                                      \
		event_type *event;                                                                             \
		if (name##_ring) {                                                                             \
			event = bpf_ringbuf_reserve(&name, sizeof(event_type), 0);                             \
		} else {                                                                                       \
			__u32 zero = 0;                                                                        \
			event = bpf_map_lookup_elem(&name##_scratch, &zero);                                   \
		}                                                                                              \
		if (!event)                                                                                    \
			name##__drop();                                                                        \
		return event;                                                                                  \
	}                                                                                                      \
                                                                                                               \
	static __always_inline void name##__submit(void *ctx, event_type *event)                               \
	{                                                                                                      \
		if (name##_ring)                                                                               \
			bpf_ringbuf_submit(event, 0);                                                          \
		else if (bpf_perf_event_output(ctx, &name, BPF_F_CURRENT_CPU, event, sizeof(event_type)) < 0)  \
			name##__drop();                                                                        \
	}                                                                                                      \
                                                                                                               \
	static __always_inline void name##__discard(event_type *event)                                         \
	{                                                                                                      \
		if (name##_ring)                                                                               \
			bpf_ringbuf_discard(event, 0);                                                         \
	}                                                                                                      \
                                                                                                               \
	static __always_inline void name##__output(void *ctx, event_type *event)                               \
	{                                                                                                      \
		if (name##_ring ? bpf_ringbuf_output(&name, event, sizeof(event_type), 0) < 0                  \
				: bpf_perf_event_output(ctx, &name, BPF_F_CURRENT_CPU, event,                  \
							sizeof(event_type)) < 0)                               \
			name##__drop();                                                                        \
	}                                                                                                      \
	/* So that the macro ends in a semicolon, and a buffer may leave some of the functions unused. */      \
	struct name##__declared

/* Room for an event, or NULL: there is none, and that is counted. What was reserved has to be submitted or discarded. */
#define wbpf_reserve(name) name##__reserve()
/* Sends what was reserved. `ctx` is the program's own argument. */
#define wbpf_submit(ctx, name, event) name##__submit(ctx, event)
/* Takes back what was reserved. */
#define wbpf_discard(name, event) name##__discard(event)
/* Sends a copy of an event that lies on the stack or in a map. */
#define wbpf_output(ctx, name, event) name##__output(ctx, event)

#endif
