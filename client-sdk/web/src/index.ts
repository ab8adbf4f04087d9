// The muistio client for a web app: everything works with no network, at once; the network only makes others see it sooner.
import type { FromWorker, Question } from "./messages.js";
import type { About, Answer, Attended, CatchUp, Club, DocumentId, Found, Invitation, JoinRequest, LiveState, LinkFacts, LockState, Material, Meeting, MeetingDetails, Member, MemberId, NewMeeting, Note, NoteText, Reach, SpaceId, Unlock, Waiting } from "./types.js";
import { MuistioError } from "./types.js";

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

class Observable<T> implements Observed<T> {
  current: T | undefined;
  private readonly listeners = new Set<(value: T) => void>();
  private readonly enders = new Set<() => void>();
  private ended = false;
  constructor(private readonly onClose: () => void = () => undefined) {}

  set(value: T): void {
    this.current = value;
    for (const listener of [...this.listeners]) listener(value);
  }
  subscribe(changed: (value: T) => void): () => void {
    this.listeners.add(changed);
    if (this.current !== undefined) changed(this.current);
    return () => this.listeners.delete(changed);
  }
  close(): void {
    if (this.ended) return;
    this.ended = true;
    this.listeners.clear();
    for (const end of [...this.enders]) end();
    this.onClose();
  }
  async *[Symbol.asyncIterator](): AsyncIterator<T> {
    let wake: () => void = () => undefined;
    let fresh = false;
    const stop = this.subscribe(() => {
      fresh = true;
      wake();
    });
    const end = () => wake();
    this.enders.add(end);
    try {
      while (!this.ended) {
        if (!fresh) await new Promise<void>((resolve) => (wake = resolve));
        if (this.ended) return;
        fresh = false;
        yield this.current as T;
      }
    } finally {
      stop();
      this.enders.delete(end);
    }
  }
}

/**
 * One home in this browser, in a Worker of its own. Calls are done in order; what a call wrote is durable when its promise is
 * fulfilled. A call that fails rejects with MuistioError and has changed nothing.
 */
export class Client {
  private readonly worker: Worker;
  private readonly home: string;
  private readonly asked = new Map<number, { resolve: (value: unknown) => void; reject: (error: Error) => void }>();
  private readonly observed = new Map<number, Observable<unknown>>();
  private last = 0;
  private readonly live_ = new Observable<LiveState>();
  private readonly taken_ = new Observable<true>();

  constructor(options: ClientOptions = {}) {
    this.home = options.home ?? "main";
    this.worker = new Worker(options.worker ?? new URL("./worker.js", import.meta.url), { type: "module", name: "muistio" });
    this.worker.onmessage = (event: MessageEvent<FromWorker>) => this.take(event.data);
    this.worker.onerror = (event) => this.fail(new MuistioError("io_failed", event.message || "The Worker could not be started."));
    self.addEventListener?.("online", this.online);
  }

  private readonly online = (): void => {
    if (this.live_.current && this.live_.current.phase === "waiting") void this.ask({ ask: "online" }).catch(() => undefined);
  };

  private fail(error: MuistioError): void {
    for (const { reject } of this.asked.values()) reject(error);
    this.asked.clear();
  }

  private take(message: FromWorker): void {
    if ("live" in message) return this.live_.set(message.live);
    if ("taken" in message) return this.taken_.set(true);
    if ("observer" in message) return this.observed.get(message.observer)?.set(message.value);
    const waiting = this.asked.get(message.id);
    this.asked.delete(message.id);
    if ("error" in message) waiting?.reject(new MuistioError(message.error.code, message.error.message, message.error.detail));
    else waiting?.resolve(message.ok);
  }

  private ask<T>(question: Question, transfer: Transferable[] = []): Promise<T> {
    const id = ++this.last;
    return new Promise<T>((resolve, reject) => {
      this.asked.set(id, { resolve: resolve as (value: unknown) => void, reject });
      this.worker.postMessage({ id, question }, transfer);
    });
  }

  /** Any call by its name, as src/worker knows it. */
  private call<T>(name: string, given: Record<string, unknown> = {}): Promise<T> {
    return this.ask<T>({ ask: "call", request: { do: name, ...given } });
  }

  private observe<T>(name: string, given: Record<string, unknown> = {}): Observed<T> {
    const observer = ++this.last;
    const made = new Observable<T>(() => {
      this.observed.delete(observer);
      void this.ask({ ask: "forget", observer }).catch(() => undefined);
    });
    this.observed.set(observer, made as Observable<unknown>);
    void this.ask({ ask: "observe", observer, request: { do: name, ...given } }).catch(() => undefined);
    return made;
  }

  // The home.
  /** Whether there is a home in this browser, and how it is locked. */
  lockState(): Promise<LockState> { return this.ask({ ask: "state", home: this.home }); }
  /** Opens the home, or makes it. Fulfilled with how many notes were taken in that `drop` had kept. Rejects: wrong_key, store_busy. */
  open(unlock: Unlock = { kind: "device" }, credential: string | null = null): Promise<number> {
    return this.ask({ ask: "open", home: this.home, unlock, credential });
  }
  /** From now on this opens the home. */
  lockWith(unlock: Unlock, credential: string | null = null): Promise<void> { return this.ask({ ask: "relock", unlock, credential }); }
  /** Keeps a private note about a club while the home is locked. */
  drop(note: { club: SpaceId; title: string; body: string }): Promise<void> { return this.ask({ ask: "drop", home: this.home, text: JSON.stringify(note) }); }
  /** Locks the home: nothing of it is in memory when it is done. */
  close(): Promise<void> { return this.ask({ ask: "close" }); }
  /** Ends the Worker. */
  terminate(): void {
    self.removeEventListener?.("online", this.online);
    this.worker.terminate();
    this.fail(new MuistioError("cancelled", "The client was ended."));
    for (const each of [...this.observed.values()]) each.close();
  }
  about(): Promise<About> { return this.call("about"); }
  /** Names the member. `server` is wss://HOST[:PORT]. */
  init(name: string, server = ""): Promise<void> { return this.call("init", { name, server }); }
  recoveryWords(): Promise<string> { return this.call("recoveryWords"); }
  forgetRecoveryWords(): Promise<void> { return this.call("forgetRecoveryWords"); }
  recover(words: string, server: string): Promise<void> { return this.call("recover", { words, server }); }

  // The network.
  /** Stays connected from now on; `live` says how it stands. */
  startLive(): Promise<void> { return this.call("startLive"); }
  stopLive(): Promise<void> { return this.call("stopLive"); }
  get live(): Observed<LiveState> { return this.live_; }
  /** Another window took the home over. */
  get taken(): Observed<true> { return this.taken_; }
  waiting(): Promise<Waiting[]> { return this.call("waiting"); }

  // Clubs and members.
  clubs(): Promise<Club[]> { return this.call("clubs"); }
  observeClubs(): Observed<Club[]> { return this.observe("clubs"); }
  createClub(name: string, history: "all" | "joining" | "season" = "joining"): Promise<SpaceId> { return this.call("createClub", { name, history }); }
  leaveClub(club: SpaceId): Promise<void> { return this.call("leaveClub", { club }); }
  /** What a link says of itself; needs no open home. Rejects: invalid_invitation, malformed. */
  describeLink(link: string): Promise<LinkFacts> { return this.ask({ ask: "link", link }); }
  join(link: string, name: string): Promise<SpaceId> { return this.call("join", { link, name }); }
  cancelJoin(club: SpaceId): Promise<void> { return this.call("cancelJoin", { club }); }
  invite(club: SpaceId, options: { uses?: number; days?: number; asks?: boolean } = {}): Promise<Invitation> { return this.call("invite", { club, ...options }); }
  invitations(club: SpaceId): Promise<Invitation[]> { return this.call("invitations", { club }); }
  revokeInvitation(invitation: string): Promise<void> { return this.call("revokeInvitation", { invitation }); }
  observeJoinRequests(club: SpaceId): Observed<JoinRequest[]> { return this.observe("joinRequests", { club }); }
  admit(club: SpaceId, request: string): Promise<JoinRequest> { return this.call("admit", { club, request }); }
  observeMembers(club: SpaceId): Observed<Member[]> { return this.observe("members", { club }); }
  removeMember(club: SpaceId, member: MemberId): Promise<void> { return this.call("removeMember", { club, member }); }
  giveHost(club: SpaceId, member: MemberId): Promise<void> { return this.call("giveHost", { club, member }); }

  // Notes.
  addNote(note: { club: SpaceId; title: string; text: string; private?: boolean }): Promise<DocumentId> { return this.call("addNote", note); }
  notes(club: SpaceId): Promise<Note[]> { return this.call("notes", { club }); }
  observeNotes(club: SpaceId): Observed<Note[]> { return this.observe("notes", { club }); }
  /** The text and the version that an edit of it builds on. */
  note(note: DocumentId): Promise<NoteText> { return this.call("note", { note, asShown: true }); }
  /** Null, if the note is not there any more. */
  observeNote(note: DocumentId): Observed<NoteText | null> { return this.observe("note", { note }); }
  /** What others wrote since `base` stays. */
  editNote(note: DocumentId, text: string, base?: string): Promise<void> { return this.call("editNote", { note, text, base }); }
  appendNote(note: DocumentId, text: string): Promise<void> { return this.call("appendNote", { note, text }); }
  deleteNote(note: DocumentId): Promise<void> { return this.call("deleteNote", { note }); }
  search(words: string, club?: SpaceId): Promise<Found[]> { return this.call("search", { words, club }); }

  // Meetings. Times are on the clock of the place, in its zone.
  meetings(club: SpaceId): Promise<Meeting[]> { return this.call("meetings", { club }); }
  observeMeetings(club: SpaceId): Observed<Meeting[]> { return this.observe("meetings", { club }); }
  observeMeeting(meeting: DocumentId): Observed<MeetingDetails> { return this.observe("meeting", { meeting }); }
  addMeeting(club: SpaceId, meeting: NewMeeting): Promise<DocumentId> { return this.call("addMeeting", { club, ...meeting }); }
  editMeeting(meeting: DocumentId, edit: Partial<NewMeeting> & { cancelled?: boolean }): Promise<void> { return this.call("editMeeting", { meeting, ...edit }); }
  /** The next meeting, made from this one. */
  nextMeeting(meeting: DocumentId, starts = "", organiser?: MemberId): Promise<DocumentId> { return this.call("nextMeeting", { meeting, starts, organiser }); }
  handBaton(meeting: DocumentId, to: MemberId): Promise<void> { return this.call("handBaton", { meeting, to }); }
  answerMeeting(meeting: DocumentId, answer: Answer): Promise<void> { return this.call("answerMeeting", { meeting, answer }); }
  markAttendance(meeting: DocumentId, member: MemberId, attended: Attended): Promise<void> { return this.call("markAttendance", { meeting, member, attended }); }
  addAgendaItem(meeting: DocumentId, item: { kind?: string; title: string; minutes?: number }): Promise<DocumentId> { return this.call("addAgendaItem", { meeting, ...item }); }
  /** The note that is the meeting's minutes, made if there is none yet. */
  minutes(meeting: DocumentId): Promise<DocumentId> { return this.call("minutes", { meeting }); }
  /** iCalendar text with alarms: of one meeting, or of all of a club's. */
  calendar(club: SpaceId, meeting?: DocumentId): Promise<string> { return this.call("calendar", { club, meeting }); }
  observeCatchUp(club: SpaceId): Observed<CatchUp> { return this.observe("catchUp", { club }); }
  markRead(club: SpaceId): Promise<void> { return this.call("markRead", { club }); }

  // Material.
  observeReach(material: DocumentId): Observed<Reach> { return this.observe("reach", { material }); }
  /** Encrypts a copy into the home; it goes out when there is a network. */
  addMaterial(club: SpaceId, name: string, bytes: Uint8Array): Promise<DocumentId> { return this.ask({ ask: "addMaterial", club, name, bytes }, [bytes.buffer]); }
  observeMaterial(club: SpaceId): Observed<Material[]> { return this.observe("material", { club }); }
  /** Rejects: absent (not on this device yet: it is asked for). */
  getMaterial(material: DocumentId): Promise<Uint8Array> { return this.ask({ ask: "getMaterial", material }); }
  deleteMaterial(material: DocumentId): Promise<void> { return this.call("deleteMaterial", { material }); }
}
