import type { About, Club, DocumentId, Found, Invitation, JoinRequest, LiveState, LinkFacts, LockState, Material, Member, MemberId, Note, NoteText, SpaceId, Unlock, Waiting } from "./types.js";
export * from "./types.js";
export interface ClientOptions {
    /** Where worker.js is served, with muistio.wasm beside it. Default: beside this file. */
    worker?: string | URL;
    /** The name of the home, for an app that keeps several. Default: "main". */
    home?: string;
}
/** A value that changes: `current` is the newest, `for await` gives each newer one; a slow reader misses the ones between. */
export interface Observed<T> extends AsyncIterable<T> {
    readonly current: T | undefined;
    /** Calls `changed` with the present value, if there is one, and with each newer one. Returns what ends that. */
    subscribe(changed: (value: T) => void): () => void;
    /** Ends it: loops over it end. */
    close(): void;
}
/**
 * One home in this browser, in a Worker of its own. Calls are done in order; what a call wrote is durable when its promise is
 * fulfilled. A call that fails rejects with MuistioError and has changed nothing.
 */
export declare class Client {
    private readonly worker;
    private readonly home;
    private readonly asked;
    private readonly observed;
    private last;
    private readonly live_;
    private readonly taken_;
    constructor(options?: ClientOptions);
    private readonly online;
    private fail;
    private take;
    private ask;
    /** Any call by its name, as src/worker knows it. */
    private call;
    private observe;
    /** Whether there is a home in this browser, and how it is locked. */
    lockState(): Promise<LockState>;
    /** Opens the home, or makes it. Fulfilled with how many notes were taken in that `drop` had kept. Rejects: wrong_key, store_busy. */
    open(unlock?: Unlock, credential?: string | null): Promise<number>;
    /** From now on this opens the home. */
    lockWith(unlock: Unlock, credential?: string | null): Promise<void>;
    /** Keeps a private note about a club while the home is locked. */
    drop(note: {
        club: SpaceId;
        title: string;
        body: string;
    }): Promise<void>;
    /** Locks the home: nothing of it is in memory when it is done. */
    close(): Promise<void>;
    /** Ends the Worker. */
    terminate(): void;
    about(): Promise<About>;
    /** Names the member. `server` is wss://HOST[:PORT]. */
    init(name: string, server?: string): Promise<void>;
    recoveryWords(): Promise<string>;
    forgetRecoveryWords(): Promise<void>;
    recover(words: string, server: string): Promise<void>;
    /** Stays connected from now on; `live` says how it stands. */
    startLive(): Promise<void>;
    stopLive(): Promise<void>;
    get live(): Observed<LiveState>;
    /** Another window took the home over. */
    get taken(): Observed<true>;
    waiting(): Promise<Waiting[]>;
    clubs(): Promise<Club[]>;
    observeClubs(): Observed<Club[]>;
    createClub(name: string, history?: "all" | "joining" | "season"): Promise<SpaceId>;
    leaveClub(club: SpaceId): Promise<void>;
    /** What a link says of itself; needs no open home. Rejects: invalid_invitation, malformed. */
    describeLink(link: string): Promise<LinkFacts>;
    join(link: string, name: string): Promise<SpaceId>;
    cancelJoin(club: SpaceId): Promise<void>;
    invite(club: SpaceId, options?: {
        uses?: number;
        days?: number;
        asks?: boolean;
    }): Promise<Invitation>;
    invitations(club: SpaceId): Promise<Invitation[]>;
    revokeInvitation(invitation: string): Promise<void>;
    observeJoinRequests(club: SpaceId): Observed<JoinRequest[]>;
    admit(club: SpaceId, request: string): Promise<JoinRequest>;
    observeMembers(club: SpaceId): Observed<Member[]>;
    removeMember(club: SpaceId, member: MemberId): Promise<void>;
    giveHost(club: SpaceId, member: MemberId): Promise<void>;
    addNote(note: {
        club: SpaceId;
        title: string;
        text: string;
        private?: boolean;
    }): Promise<DocumentId>;
    notes(club: SpaceId): Promise<Note[]>;
    observeNotes(club: SpaceId): Observed<Note[]>;
    /** The text and the version that an edit of it builds on. */
    note(note: DocumentId): Promise<NoteText>;
    /** Null, if the note is not there any more. */
    observeNote(note: DocumentId): Observed<NoteText | null>;
    /** What others wrote since `base` stays. */
    editNote(note: DocumentId, text: string, base?: string): Promise<void>;
    appendNote(note: DocumentId, text: string): Promise<void>;
    deleteNote(note: DocumentId): Promise<void>;
    search(words: string, club?: SpaceId): Promise<Found[]>;
    /** Encrypts a copy into the home; it goes out when there is a network. */
    addMaterial(club: SpaceId, name: string, bytes: Uint8Array): Promise<DocumentId>;
    observeMaterial(club: SpaceId): Observed<Material[]>;
    /** Rejects: absent (not on this device yet: it is asked for). */
    getMaterial(material: DocumentId): Promise<Uint8Array>;
    deleteMaterial(material: DocumentId): Promise<void>;
}
