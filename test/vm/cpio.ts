/** One entry of an archive. A folder has no content. */
export interface CpioEntry {
  /** Path without a leading slash. */
  readonly path: string;
  readonly content?: Uint8Array;
  readonly executable?: boolean;
}

/** File type bits of `st_mode` (`inode(7)`). */
const S_IFDIR = 0o040000;
const S_IFREG = 0o100000;

/** Writes an archive in the "newc" format, the one that Linux unpacks as an initramfs (`Documentation/driver-api/early-userspace/buffer-format.rst`). */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const parts: Buffer[] = [];
  let inode = 1;
  for (const { path, content, executable } of entries) {
    const mode = content === undefined ? S_IFDIR | 0o755 : S_IFREG | (executable ? 0o755 : 0o644);
    parts.push(...record(path, content ?? new Uint8Array(0), mode, inode++));
  }
  parts.push(...record("TRAILER!!!", new Uint8Array(0), 0, 0));
  return Buffer.concat(parts);
}

function record(path: string, content: Uint8Array, mode: number, inode: number): Buffer[] {
  const name = Buffer.from(`${path}\0`);
  // The order of the header's fields, each 8 hexadecimal digits after the magic number.
  const fields = { inode, mode, uid: 0, gid: 0, links: 1, mtime: 0, size: content.length };
  const devices = [0, 0, 0, 0];
  const numbers = [...Object.values(fields), ...devices, name.length, 0];
  const header = `070701${numbers.map((n) => n.toString(16).padStart(8, "0")).join("")}`;
  return [
    padded(Buffer.concat([Buffer.from(header), name])),
    padded(Buffer.from(content.buffer, content.byteOffset, content.length)),
  ];
}

/** Names and contents each end at a multiple of 4 bytes. */
function padded(bytes: Buffer): Buffer {
  return Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
}
