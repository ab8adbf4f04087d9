// What of Emscripten's module is used here: its memory, its calls and its file system.
import type { Browser } from "./network.js";

export interface FsNode {
  id: number;
  name: string;
  mode: number;
  parent: FsNode;
  timestamp: number;
  mount: unknown;
  node_ops: Record<string, unknown>;
  stream_ops: Record<string, unknown>;
  [field: string]: unknown;
}
export interface FsStream {
  node: FsNode;
  position: number;
  flags: number;
}
export interface EmscriptenFs {
  ErrnoError: new (errno: number) => Error;
  createNode(parent: FsNode | null, name: string, mode: number, device: number): FsNode;
  mkdir(path: string): void;
  mount(type: unknown, options: object, path: string): void;
  isDir(mode: number): boolean;
  isFile(mode: number): boolean;
  open(path: string, flags: string): FsStream;
  close(stream: FsStream): void;
  read(stream: FsStream, buffer: Uint8Array, offset: number, length: number, position: number): number;
  write(stream: FsStream, buffer: Uint8Array, offset: number, length: number, position: number): number;
  stat(path: string): { size: number };
  readFile(path: string): Uint8Array;
  writeFile(path: string, bytes: Uint8Array): void;
  unlink(path: string): void;
}
export interface Emscripten {
  FS: EmscriptenFs;
  HEAPU8: Uint8Array;
  browser: Browser;
  _malloc(size: number): number;
  _free(at: number): void;
  _muistio_close(): void;
  _muistio_step(): number;
  _muistio_received(at: number, size: number): void;
  _muistio_moved(id: number, offset: number, count: number): void;
  _muistio_password_key(password: number, size: number, salt: number, passes: number, memory: number, key: number): number;
  ccall(name: string, result: "number" | null, kinds: string[], values: unknown[]): number;
  UTF8ToString(at: number): string;
}

/** Calls a function that gives a text which we free, and reads it as JSON. */
export function takeJson(module: Emscripten, at: number): unknown {
  if (at === 0) throw new Error("out of memory");
  const text = module.UTF8ToString(at);
  module._free(at);
  return JSON.parse(text);
}

/** Runs `use` with a copy of the bytes in the module's memory, which is wiped and freed after. */
export function withBytes<T>(module: Emscripten, bytes: Uint8Array, use: (at: number) => T): T {
  const at = module._malloc(bytes.length || 1);
  if (at === 0) throw new Error("out of memory");
  try {
    module.HEAPU8.set(bytes, at);
    return use(at);
  } finally {
    module.HEAPU8.fill(0, at, at + bytes.length);
    module._free(at);
  }
}

/** The whole of a call's JSON, which may be long: the module's stack is not used for it. */
export function callJson(module: Emscripten, name: string, text: string): unknown {
  const bytes = new TextEncoder().encode(text + "\0");
  return withBytes(module, bytes, (at) => takeJson(module, module.ccall(name, "number", ["number"], [at])));
}
