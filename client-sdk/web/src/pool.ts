// The home's files in the browser's private file system (OPFS), as a file system of Emscripten.
//
// OPFS opens files asynchronously, and the code in WebAssembly waits for nothing. So a pool of files is open from the start, each a slot that
// holds one of the home's files or none. A slot begins with two copies of its header, written in turn: a torn write leaves the other one.
// The bytes are specified in docs/formats/client.md ("In a browser").
import type { Emscripten, EmscriptenFs, FsNode, FsStream } from "./emscripten.js";

const HEADER_BYTES = 4096;
const COPY_BYTES = 2048;
const MAGIC = "muistio slot 1\n";
const PATH_BYTES_MAX = 1024;
const FREE_SLOTS_LEAST = 16;
const SLOTS_MORE = 16;

// Emscripten's error numbers.
const EIO = 29, EEXIST = 20, EISDIR = 31, ENFILE = 41, ENOENT = 44, ENOSPC = 51, ENOTEMPTY = 55, EPERM = 63;
const MODE_FOLDER = 0o040700, MODE_FILE = 0o100600;

interface Slot {
  name: string;
  handle: FileSystemSyncAccessHandle;
  path: string; // relative to the home; empty: free
  generation: number;
  copy: 0 | 1; // the newer one of its headers
}

/** FNV-1a in 32 bits: whether a header was written whole. */
function checksum(bytes: Uint8Array): number {
  let sum = 0x811c9dc5;
  for (const byte of bytes) sum = Math.imul(sum ^ byte, 0x01000193) >>> 0;
  return sum;
}

export function encodeHeader(path: string, generation: number): Uint8Array {
  const text = new TextEncoder().encode(path);
  if (text.length > PATH_BYTES_MAX) throw new Error("the path is too long");
  const bytes = new Uint8Array(COPY_BYTES);
  const view = new DataView(bytes.buffer);
  bytes.set(new TextEncoder().encode(MAGIC), 0);
  view.setBigUint64(16, BigInt(generation), true);
  view.setUint32(24, text.length, true);
  bytes.set(text, 32);
  view.setUint32(28, checksum(bytes), true);
  return bytes;
}

export function decodeHeader(bytes: Uint8Array): { path: string; generation: number } | null {
  if (bytes.length !== COPY_BYTES) return null;
  const copy = bytes.slice();
  const view = new DataView(copy.buffer);
  if (new TextDecoder().decode(copy.subarray(0, MAGIC.length)) !== MAGIC) return null;
  const sum = view.getUint32(28, true);
  view.setUint32(28, 0, true);
  if (checksum(copy) !== sum) return null;
  const length = view.getUint32(24, true);
  const generation = view.getBigUint64(16, true);
  if (length > PATH_BYTES_MAX || generation > BigInt(Number.MAX_SAFE_INTEGER)) return null;
  return { path: new TextDecoder().decode(copy.subarray(32, 32 + length)), generation: Number(generation) };
}

/** All slots of one home. One at a time: the browser lets nobody else open the files. */
export class Pool {
  private slots: Slot[] = [];
  private generation = 0;

  private constructor(private readonly folder: FileSystemDirectoryHandle) {}

  /** Opens every slot there is. Throws NoModificationAllowedError if another page has them open. */
  static async open(folder: FileSystemDirectoryHandle): Promise<Pool> {
    const pool = new Pool(folder);
    try {
      for await (const entry of folder.values()) {
        if (entry.kind !== "file") continue;
        const handle = await entry.createSyncAccessHandle();
        pool.slots.push(pool.readSlot(entry.name, handle));
      }
    } catch (error) {
      pool.close();
      throw error;
    }
    pool.generation = Math.max(0, ...pool.slots.map((slot) => slot.generation));
    // A rename that was cut after the new name: the newer slot is the file.
    const newest = new Map<string, Slot>();
    for (const slot of [...pool.slots].sort((left, right) => left.generation - right.generation)) {
      if (slot.path === "") continue;
      const older = newest.get(slot.path);
      if (older) pool.release(older);
      newest.set(slot.path, slot);
    }
    await pool.reserve();
    return pool;
  }

  private readSlot(name: string, handle: FileSystemSyncAccessHandle): Slot {
    const slot: Slot = { name, handle, path: "", generation: 0, copy: 1 };
    for (const copy of [0, 1] as const) {
      const bytes = new Uint8Array(COPY_BYTES);
      if (handle.read(bytes, { at: copy * COPY_BYTES }) !== COPY_BYTES) continue;
      const header = decodeHeader(bytes);
      if (header && header.generation >= slot.generation) {
        Object.assign(slot, header, { copy });
      }
    }
    return slot;
  }

  /** Makes sure that a call finds free slots: more than any single one needs. */
  async reserve(): Promise<void> {
    const free = this.slots.filter((slot) => slot.path === "").length;
    if (free >= FREE_SLOTS_LEAST) return;
    for (let count = 0; count < SLOTS_MORE; ++count) {
      const name = crypto.randomUUID();
      const file = await this.folder.getFileHandle(name, { create: true });
      this.slots.push({ name, handle: await file.createSyncAccessHandle(), path: "", generation: 0, copy: 1 });
    }
  }

  files(): Slot[] {
    return this.slots.filter((slot) => slot.path !== "");
  }

  /** A free slot becomes `path`. Null if none is free. */
  take(path: string): Slot | null {
    const slot = this.slots.find((each) => each.path === "");
    if (!slot) return null;
    slot.handle.truncate(HEADER_BYTES);
    this.label(slot, path);
    return slot;
  }

  /** Writes the slot's name into the older copy of its header, durable when it returns. */
  label(slot: Slot, path: string): void {
    const copy = slot.copy === 0 ? 1 : 0;
    const generation = ++this.generation;
    slot.handle.write(encodeHeader(path, generation), { at: copy * COPY_BYTES });
    slot.handle.flush();
    Object.assign(slot, { path, generation, copy });
  }

  release(slot: Slot): void {
    this.label(slot, "");
    slot.handle.truncate(HEADER_BYTES);
    slot.handle.flush();
  }

  close(): void {
    for (const slot of this.slots) slot.handle.close();
    this.slots = [];
  }
}

function pathOf(node: FsNode): string {
  const parts: string[] = [];
  for (let at = node; at.parent !== at; at = at.parent) parts.unshift(at.name);
  return parts.join("/");
}

/** Mounts the pool at `place` of the module's file system. */
export function mountPool(module: Emscripten, pool: Pool, place: string): void {
  const fs: EmscriptenFs = module.FS;
  const fail = (errno: number): never => {
    throw new fs.ErrnoError(errno);
  };
  /** The browser's errors are the system's. */
  const guarded = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      if (error instanceof fs.ErrnoError) throw error;
      return fail(error instanceof DOMException && error.name === "QuotaExceededError" ? ENOSPC : EIO);
    }
  };
  const slotOf = (node: FsNode) => node["slot"] as Slot;
  const children = (node: FsNode) => node["children"] as Map<string, FsNode>;

  const make = (parent: FsNode | null, name: string, mode: number, slot?: Slot): FsNode => {
    const node = fs.createNode(parent, name, mode, 0);
    node.node_ops = nodeOps;
    node.stream_ops = streamOps;
    node["slot"] = slot;
    node["children"] = new Map<string, FsNode>();
    node.timestamp = Date.now();
    if (parent) children(parent).set(name, node);
    return node;
  };

  const nodeOps = {
    getattr(node: FsNode) {
      const size = fs.isFile(node.mode) ? guarded(() => slotOf(node).handle.getSize() - HEADER_BYTES) : 4096;
      const time = new Date(node.timestamp);
      return {
        dev: 1, ino: node.id, mode: node.mode, nlink: 1, uid: 0, gid: 0, rdev: 0, size,
        atime: time, mtime: time, ctime: time, blksize: 4096, blocks: Math.ceil(size / 4096),
      };
    },
    setattr(node: FsNode, wanted: { mode?: number; timestamp?: number; size?: number }) {
      if (wanted.mode !== undefined) node.mode = wanted.mode;
      if (wanted.timestamp !== undefined) node.timestamp = wanted.timestamp;
      if (wanted.size !== undefined) {
        const size = wanted.size;
        guarded(() => slotOf(node).handle.truncate(HEADER_BYTES + size));
      }
    },
    lookup(parent: FsNode, name: string): FsNode {
      return children(parent).get(name) ?? fail(ENOENT);
    },
    mknod(parent: FsNode, name: string, mode: number): FsNode {
      if (fs.isDir(mode)) return make(parent, name, mode);
      if (!fs.isFile(mode)) return fail(EPERM);
      const path = [pathOf(parent), name].filter(Boolean).join("/");
      const slot = guarded(() => pool.take(path)) ?? fail(ENFILE);
      return make(parent, name, mode, slot);
    },
    rename(node: FsNode, folder: FsNode, name: string) {
      if (fs.isDir(node.mode)) fail(EPERM);
      const replaced = children(folder).get(name);
      if (replaced && fs.isDir(replaced.mode)) fail(EISDIR);
      const path = [pathOf(folder), name].filter(Boolean).join("/");
      guarded(() => {
        pool.label(slotOf(node), path);
        if (replaced && replaced !== node) pool.release(slotOf(replaced));
      });
      children(node.parent).delete(node.name);
      node.name = name;
      node.parent = folder;
      children(folder).set(name, node);
    },
    unlink(parent: FsNode, name: string) {
      const node = children(parent).get(name) ?? fail(ENOENT);
      guarded(() => pool.release(slotOf(node)));
      children(parent).delete(name);
    },
    rmdir(parent: FsNode, name: string) {
      const node = children(parent).get(name) ?? fail(ENOENT);
      if (children(node).size > 0) fail(ENOTEMPTY);
      children(parent).delete(name);
    },
    readdir(node: FsNode): string[] {
      return [".", "..", ...children(node).keys()];
    },
    symlink() {
      fail(EPERM);
    },
  };

  const streamOps = {
    read(stream: FsStream, buffer: Uint8Array, offset: number, length: number, position: number): number {
      return guarded(() => slotOf(stream.node).handle.read(buffer.subarray(offset, offset + length), { at: HEADER_BYTES + position }));
    },
    write(stream: FsStream, buffer: Uint8Array, offset: number, length: number, position: number): number {
      stream.node.timestamp = Date.now();
      return guarded(() => {
        const { handle } = slotOf(stream.node);
        const written = handle.write(buffer.subarray(offset, offset + length), { at: HEADER_BYTES + position });
        if (written < length) fail(ENOSPC);
        return written;
      });
    },
    llseek(stream: FsStream, offset: number, whence: number): number {
      const from = whence === 1 ? stream.position : whence === 2 ? slotOf(stream.node).handle.getSize() - HEADER_BYTES : 0;
      if (from + offset < 0) fail(28);
      return from + offset;
    },
    fsync(stream: FsStream): number {
      // A folder's names are in the headers, which are written through.
      if (fs.isFile(stream.node.mode)) guarded(() => slotOf(stream.node).handle.flush());
      return 0;
    },
  };

  let root: FsNode;
  const type = {
    mount() {
      root = make(null, "/", MODE_FOLDER);
      for (const slot of pool.files()) {
        const parts = slot.path.split("/");
        const name = parts.pop() as string;
        let folder = root;
        for (const part of parts) folder = children(folder).get(part) ?? make(folder, part, MODE_FOLDER);
        if (children(folder).has(name)) fail(EEXIST);
        make(folder, name, MODE_FILE, slot);
      }
      return root;
    },
  };
  fs.mkdir(place);
  fs.mount(type, {}, place);
}
