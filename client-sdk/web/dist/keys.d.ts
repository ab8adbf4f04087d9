import type { Emscripten } from "./emscripten.js";
import type { LockState, Unlock } from "./types.js";
type Bytes = Uint8Array<ArrayBuffer>;
export declare const toHex: (bytes: Uint8Array) => string;
export declare function fromHex(text: string): Bytes;
/** The key file and the drops of one home's folder. */
export declare class Keys {
    private readonly folder;
    private readonly module;
    constructor(folder: FileSystemDirectoryHandle, module: Emscripten);
    private read;
    /** Whole or not at all: a file under another name takes its place. */
    private write;
    state(): Promise<LockState>;
    /** The home's key, made if there is none. Throws wrong_key. */
    unlock(unlock: Unlock, credential?: string | null): Promise<Bytes>;
    /** From now on `unlock` opens the home of `key`. */
    relock(key: Bytes, unlock: Unlock, credential: string | null): Promise<void>;
    private wrap;
    private makeDropKeys;
    /** Keeps a text that the home takes in when it is next open. Durable when it returns. */
    drop(text: string): Promise<void>;
    private agreed;
    /** Hands each dropped text to `take`, oldest first, and forgets it when that has returned. */
    takeDrops(key: Bytes, take: (text: string, at: number) => void): Promise<number>;
}
export {};
