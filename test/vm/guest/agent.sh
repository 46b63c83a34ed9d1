# Process 1 of the guest after init.sh: mounts what a running system has, then runs the commands that machine.ts sends, one after the other.
#
# Port 1 brings one line for each command, "TOKEN BASE64-OF-A-SHELL-SCRIPT", and takes its exit code. Ports 2 and 3 take stdout and stderr; TOKEN on a line of its
# own ends the output of one command, because nothing else orders the three ports. When the host closes port 1, the guest switches itself off.
B=/run/wbpf-vm/busybox
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root
cd /run/wbpf-vm || exit

mount_at() {
  $B mkdir -p "$2" 2>/dev/null
  $B mount -t "$1" "$1" "$2" 2>/dev/null
}
mount_at devpts /dev/pts
mount_at tmpfs /dev/shm
mount_at cgroup2 /sys/fs/cgroup
mount_at bpf /sys/fs/bpf
mount_at securityfs /sys/kernel/security
mount_at debugfs /sys/kernel/debug
mount_at tracefs /sys/kernel/tracing
[ -e /dev/fd ] || $B ln -s /proc/self/fd /dev/fd
$B ip link set lo up
$B hostname wbpf-vm
ulimit -l unlimited

$B mkfifo out err
exec 3<>/dev/vport0p1 4>/dev/vport0p2 5>/dev/vport0p3
echo ready >&3
while read -r token script <&3; do
  echo "$script" | $B base64 -d >script
  $B cat <out >&4 & out=$!
  $B cat <err >&5 & err=$!
  /bin/sh script </dev/null >out 2>err 3>&- 4>&- 5>&-
  code=$?
  # A process that the command left behind may hold its output open: it gets three seconds.
  ($B sleep 3; kill $out $err) >/dev/null 2>&1 & late=$!
  wait $out $err
  kill $late 2>/dev/null
  printf '\n%s\n' "$token" >&4
  printf '\n%s\n' "$token" >&5
  echo "$code" >&3
done
$B poweroff -f
