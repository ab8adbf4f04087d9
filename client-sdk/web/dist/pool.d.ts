import type { Emscripten } from "./emscripten.js";
interface Slot {
    name: string;
    handle: FileSystemSyncAccessHandle;
    path: string;
    generation: number;
    copy: 0 | 1;
}
export declare function encodeHeader(path: string, generation: number): Uint8Array;
export declare function decodeHeader(bytes: Uint8Array): {
    path: string;
    generation: number;
} | null;
/** All slots of one home. One at a time: the browser lets nobody else open the files. */
export declare class Pool {
    private readonly folder;
    private slots;
    private generation;
    private constructor();
    /** Opens every slot there is. Throws NoModificationAllowedError if another page has them open. */
    static open(folder: FileSystemDirectoryHandle): Promise<Pool>;
    private readSlot;
    /** Makes sure that a call finds free slots: more than any single one needs. */
    reserve(): Promise<void>;
    files(): Slot[];
    /** A free slot becomes `path`. Null if none is free. */
    take(path: string): Slot | null;
    /** Writes the slot's name into the older copy of its header, durable when it returns. */
    label(slot: Slot, path: string): void;
    release(slot: Slot): void;
    close(): void;
}
/** Mounts the pool at `place` of the module's file system. */
export declare function mountPool(module: Emscripten, pool: Pool, place: string): void;
export {};
