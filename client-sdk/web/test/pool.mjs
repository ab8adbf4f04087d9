// The pool of files on handles in memory, cut off at every write: node test/pool.mjs
import assert from "node:assert/strict";
import { build } from "esbuild";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const here = dirname(fileURLToPath(import.meta.url));
const { outputFiles } = await build({ entryPoints: [join(here, "../src/pool.ts")], bundle: true, format: "esm", write: false });
const { Pool, decodeHeader, encodeHeader } = await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);

class PowerCut extends Error {}
/** A folder whose files survive; after `writes` more writes the power goes, thirty bytes into the last one. */
class Disk {
  files = new Map();
  writes = Infinity;
  clone() {
    const copy = new Disk();
    for (const [name, bytes] of this.files) copy.files.set(name, bytes.slice());
    return copy;
  }
  tick() {
    if (--this.writes < 0) throw new PowerCut();
    return this.writes === 0;
  }
  async *values() {
    for (const name of [...this.files.keys()]) yield await this.getFileHandle(name);
  }
  async getFileHandle(name) {
    const disk = this;
    if (!disk.files.has(name)) disk.files.set(name, new Uint8Array());
    return {
      kind: "file",
      name,
      createSyncAccessHandle: async () => ({
        read(buffer, { at }) {
          const from = disk.files.get(name).subarray(at, at + buffer.length);
          buffer.set(from);
          return from.length;
        },
        write(bytes, { at }) {
          const torn = disk.tick();
          const part = torn ? bytes.subarray(0, 30) : bytes;
          const old = disk.files.get(name);
          const made = new Uint8Array(Math.max(old.length, at + part.length));
          made.set(old);
          made.set(part, at);
          disk.files.set(name, made);
          if (torn) throw new PowerCut();
          return bytes.length;
        },
        truncate(size) {
          disk.tick();
          const made = new Uint8Array(size);
          made.set(disk.files.get(name).subarray(0, size));
          disk.files.set(name, made);
        },
        getSize: () => disk.files.get(name).length,
        flush: () => undefined,
        close: () => undefined,
      }),
    };
  }
}
const names = (pool) => pool.files().map((slot) => slot.path).sort();

// A header that one bit of is another is none.
const header = encodeHeader("attachments/abc", 7);
assert.deepEqual(decodeHeader(header), { path: "attachments/abc", generation: 7 });
for (let bit = 0; bit < header.length * 8; bit += 1) {
  const bent = header.slice();
  bent[bit >> 3] ^= 1 << (bit & 7);
  assert.equal(decodeHeader(bent), null, `bit ${bit}`);
}
assert.equal(decodeHeader(header.subarray(1)), null);
assert.equal(decodeHeader(new Uint8Array(header.length)), null);
assert.throws(() => encodeHeader("x".repeat(2000), 1));

// Names are there when the pool is opened again.
const disk = new Disk();
let pool = await Pool.open(disk);
const write = (slot, text) => slot.handle.write(new TextEncoder().encode(text), { at: 4096 });
const read = (slot) => {
  const bytes = new Uint8Array(slot.handle.getSize() - 4096);
  slot.handle.read(bytes, { at: 4096 });
  return new TextDecoder().decode(bytes);
};
write(pool.take("home.db"), "old");
write(pool.take("home.db.new"), "new");
pool = await Pool.open(disk);
assert.deepEqual(names(pool), ["home.db", "home.db.new"]);
for (let free = 0; pool.take(`file-${free}`); ++free);
assert.equal(pool.take("one more"), null, "a pool without a free slot says so");
await pool.reserve();
assert.ok(pool.take("one more"));

// A rename that replaces is whole at every cut: the name has the old file or the new one, and never none or two.
const before = new Disk();
pool = await Pool.open(before);
write(pool.take("home.db"), "old");
write(pool.take("home.db.new"), "new");
const seen = new Set();
for (let writes = 1; ; ++writes) {
  const cut = before.clone();
  pool = await Pool.open(cut);
  cut.writes = writes;
  let whole = true;
  try {
    const [to, from] = ["home.db", "home.db.new"].map((name) => pool.files().find((slot) => slot.path === name));
    pool.label(from, "home.db");
    pool.release(to);
  } catch (error) {
    assert.ok(error instanceof PowerCut);
    whole = false;
  }
  cut.writes = Infinity;
  pool = await Pool.open(cut);
  const found = pool.files().filter((slot) => slot.path === "home.db");
  assert.equal(found.length, 1, `cut after ${writes} writes`);
  const text = read(found[0]);
  assert.ok(text === "old" || text === "new");
  seen.add(text);
  if (whole) {
    assert.equal(text, "new");
    break;
  }
}
assert.deepEqual([...seen].sort(), ["new", "old"]);
console.log("pool: headers, names, no free slot, a rename cut at every write");
