#!/bin/busybox sh
# Process 1 of the guest, from the initramfs: loads the modules that reach the host's files, lays a writable tmpfs over them (nothing of it reaches the
# host), and hands over to agent.sh there. /settings was written by initramfs.ts: RELEASE (of the kernel), MODULES (its folder on the host).
B=/bin/busybox
. /settings

give_up() {
  echo "wbpf-vm: $*" >/dev/console
  $B poweroff -f
}

$B mount -t proc proc /proc
$B mount -t sysfs sysfs /sys
$B mount -t devtmpfs devtmpfs /dev
while read -r module; do
  $B insmod "/modules/$module" || give_up "cannot load $module"
done </modules/order

$B mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=loose,ro host /host || give_up "cannot mount the host's files"
$B mount -t tmpfs -o size=75% tmpfs /over
$B mkdir /over/upper /over/work
$B mount -t overlay -o lowerdir=/host,upperdir=/over/upper,workdir=/over/work overlay /root || give_up "cannot lay a file system over the host's"

for place in proc sys dev; do $B mount --move "/$place" "/root/$place"; done
$B mount -t tmpfs tmpfs /root/run
$B mkdir -p /root/run/wbpf-vm /root/usr/lib/modules
$B cp /bin/busybox /agent.sh /root/run/wbpf-vm/
# Where the kernel and modprobe look for a module that is asked for later.
$B mount --bind "/host$MODULES" /root/usr/lib/modules || give_up "cannot show the modules of $RELEASE"
# Where libbpf looks for the kernel's configuration, which `extern … __kconfig` variables are read from.
$B mkdir -p /root/boot
$B cp "/host$MODULES/../../boot/config-$RELEASE" /root/boot/
exec $B switch_root /root /run/wbpf-vm/busybox sh /run/wbpf-vm/agent.sh
