import type { LiveState, LockState, Unlock } from "./types.js";
/** A question has a number; its answer carries it. */
export type Question = {
    ask: "state";
    home: string;
} | {
    ask: "open";
    home: string;
    unlock: Unlock;
    credential: string | null;
} | {
    ask: "relock";
    unlock: Unlock;
    credential: string | null;
} | {
    ask: "link";
    link: string;
} | {
    ask: "drop";
    home: string;
    text: string;
} | {
    ask: "call";
    request: Record<string, unknown>;
} | {
    ask: "addMaterial";
    club: string;
    name: string;
    bytes: Uint8Array;
} | {
    ask: "getMaterial";
    material: string;
} | {
    ask: "observe";
    observer: number;
    request: Record<string, unknown>;
} | {
    ask: "forget";
    observer: number;
} | {
    ask: "online";
} | {
    ask: "close";
};
export type ToWorker = {
    id: number;
    question: Question;
};
export type FromWorker = {
    id: number;
    ok: unknown;
} | {
    id: number;
    error: {
        code: string;
        message: string;
        detail: string;
    };
} | {
    observer: number;
    value: unknown;
} | {
    live: LiveState;
}
/** Another page asked for the home: this Worker has closed it. */
 | {
    taken: true;
};
export type { LockState };
