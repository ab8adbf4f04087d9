export type SpaceId = string;
export type DocumentId = string;
export type MemberId = string;
/** What went wrong. `code` is a name of the one table of errors; `message` a plain sentence in English. */
export declare class MuistioError extends Error {
    readonly code: string;
    readonly detail: string;
    constructor(code: string, message: string, detail?: string);
}
export interface Club {
    id: SpaceId;
    kind: "personal" | "club" | "session" | "desk";
    name: string;
    author: string;
    at: number;
    standing: "joining" | "open" | "left" | "removed" | "succeeded";
    history: "all" | "joining" | "season" | null;
    role: string | null;
    members: number;
    unsent: number;
    trusted: boolean;
    why: string;
    readOnly: boolean;
    unverified: boolean;
    needsRejoin: boolean;
    personal: boolean;
}
export interface Member {
    id: MemberId;
    name: string;
    role: string;
    at: number;
    devices: number;
    self: boolean;
    again: MemberId | null;
}
export interface Note {
    id: DocumentId;
    club: SpaceId;
    title: string;
    author: string;
    authorId: MemberId;
    at: number;
    changed: number;
    bytes: number;
    private: boolean;
    handedInBy: string;
}
export interface NoteText {
    note: Note;
    text: string;
    version: string;
}
export interface Material {
    id: DocumentId;
    club: SpaceId;
    title: string;
    author: string;
    authorId: MemberId;
    at: number;
    bytes: number;
    present: boolean;
    uploaded: boolean;
    mediaType: string;
}
export interface Invitation {
    id: string;
    club: SpaceId;
    role: string;
    usesLeft: number;
    expires: number;
    revoked: boolean;
    link: string;
}
export interface JoinRequest {
    id: string;
    club: SpaceId;
    name: string;
    admitted: boolean;
}
/** A part of a text, in UTF-16 units as JavaScript counts them. */
export interface Stretch {
    at: number;
    length: number;
}
export interface Found {
    id: DocumentId;
    club: SpaceId;
    title: string;
    snippet: string;
    titleMatches: Stretch[];
    snippetMatches: Stretch[];
    author: string;
    at: number;
    changed: number;
}
/** Something that is not done: `why` is "no-network", "admission", "admit", "compare", "unsent", "intent", "pull", "frozen", "material". */
export interface Waiting {
    id: string;
    why: string;
}
export interface LiveState {
    phase: "off" | "connecting" | "catching-up" | "in-step" | "waiting";
    unsent: number;
    error: {
        code: string;
        message: string;
        detail: string;
    } | null;
    trusted: boolean;
    said: string[];
}
/** What an invitation's link says of itself: shown, never trusted. */
export interface LinkFacts {
    club: string;
    inviter: string;
    server: string;
}
export interface About {
    initialised: boolean;
    server: string;
    name?: string;
}
/** How the home's key is kept on this device. */
export type LockKind = "device" | "pin" | "passkey";
/** What opens it. `passkey`: the 32 bytes of the WebAuthn PRF. */
export type Unlock = {
    kind: "device";
} | {
    kind: "pin";
    pin: string;
} | {
    kind: "passkey";
    secret: Uint8Array;
};
export interface LockState {
    exists: boolean;
    kind: LockKind | null;
    credential: string | null;
}
