#include "bpf.h"

#define EPERM 1

struct dentry;
struct inode;

// Who may not make folders.
MAP(denied, BPF_MAP_TYPE_ARRAY, 1, __u32, char[16]);
RING(rb, 64 * 1024);

SEC("lsm/inode_mkdir")
int BPF_PROG(mkdir_denied, struct inode *dir, struct dentry *dentry, int mode, int ret)
{
	__u32 zero = 0;
	char comm[16];
	char *name = bpf_map_lookup_elem(&denied, &zero);
	if (ret || !name || bpf_get_current_comm(comm, sizeof(comm)))
		return ret;
	for (int i = 0; i < 16; i++) {
		if (comm[i] != name[i])
			return ret;
		if (!comm[i])
			break;
	}
	int pid = bpf_get_current_pid_tgid() >> 32;
	bpf_ringbuf_output(&rb, &pid, sizeof(pid), 0);
	return -EPERM;
}
