/** Small deterministic random numbers (mulberry32), so that a failing case can be run again by its seed. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** Values at which arithmetic goes wrong. */
const EDGES = [0, 1, 2, 4, 7, 8, 0x7f, 0x80, 0xff, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff];

/** A damaged copy of an ELF object: a few random changes, mostly in the tables that a parser follows. */
export function mutate(file: Uint8Array, seed: number): Uint8Array {
  const random = randomNumbers(seed);
  const copy = file.slice();
  const view = new DataView(copy.buffer);
  const table = Number(view.getBigUint64(40, true));
  const count = view.getUint16(60, true);
  const section = () => table + random(count) * 64;
  for (let changes = 1 + random(3); changes > 0; changes--) {
    switch (random(7)) {
      case 0:
        copy[random(copy.length)] = random(256);
        break;
      case 1: // a field of a section header
        view.setUint32(section() + 4 * random(16), EDGES[random(EDGES.length)] as number, true);
        break;
      case 2: // one section header over another
        copy.copyWithin(section(), section(), section() + 64);
        break;
      case 3: // the ELF header
        view.setUint16(16 + 2 * random(24), EDGES[random(EDGES.length)] as number, true);
        break;
      default: {
        // a word inside some section: symbols, relocations, BTF, instructions, strings
        const header = section();
        const offset = Number(view.getBigUint64(header + 24, true));
        const size = Number(view.getBigUint64(header + 32, true));
        if (!(size >= 4 && offset + size <= copy.length)) break;
        const at = offset + (random(size - 3) & ~(random(2) * 3));
        const small = random(2) === 0;
        view.setUint32(at, small ? random(64) : (EDGES[random(EDGES.length)] as number), true);
      }
    }
  }
  return random(8) === 0 ? copy.subarray(0, random(copy.length)) : copy;
}
