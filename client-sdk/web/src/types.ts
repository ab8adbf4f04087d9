// What the client shows: plain values, copies of what is in its store. Ids are hexadecimal, times milliseconds since 1970, sizes bytes.

export type SpaceId = string;
export type DocumentId = string;
export type MemberId = string;

/** What went wrong. `code` is a name of the one table of errors; `message` a plain sentence in English. */
export class MuistioError extends Error {
  constructor(readonly code: string, message: string, readonly detail = "") {
    super(message);
    this.name = "MuistioError";
  }
}

export interface Club {
  id: SpaceId;
  kind: "personal" | "club" | "session" | "desk";
  name: string; // while joining: what the link says
  author: string; // who made it; while joining: who invited, as the link says
  at: number;
  standing: "joining" | "open" | "left" | "removed" | "succeeded";
  history: "all" | "joining" | "season" | null;
  role: string | null;
  members: number;
  unsent: number; // changes that the server does not have yet
  trusted: boolean; // false: the server contradicted itself; nothing is sent
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
  club: SpaceId; // also of a private note: the club that it is about
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
  version: string; // the base of an edit
}
export interface Material {
  id: DocumentId;
  club: SpaceId;
  title: string;
  author: string;
  authorId: MemberId;
  at: number;
  bytes: number;
  present: boolean; // its bytes are on this device
  uploaded: boolean; // false: added here, and not yet at the server
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
  name: string; // as they call themselves: shown, never trusted
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
/** Something that is not done: `why` is "no-network", "admission", "admit", "compare", "agreement", "unsent", "intent", "pull", "frozen", "material". */
export interface Waiting {
  id: string;
  why: string;
}
export interface LiveState {
  phase: "off" | "connecting" | "catching-up" | "in-step" | "waiting";
  unsent: number;
  error: { code: string; message: string; detail: string } | null;
  trusted: boolean;
  said: string[];
}
export interface Person {
  id: MemberId;
  name: string;
}
export type Answer = "yes" | "no" | "late" | "remote";
export type Attended = "present" | "absent" | "late" | "remote";
export interface Meeting {
  id: DocumentId;
  club: SpaceId;
  title: string;
  starts: string; // on the clock of the place: "2026-12-01T18:00"
  zone: string; // IANA
  minutes: number;
  at: number; // the moments; 0 where the zone is not known here
  ends: number;
  place: string;
  link: string;
  organiser: Person | null;
  guests: string[];
  places: number; // 0: no limit
  cancelled: boolean;
  ownAnswer: Answer | "";
  coming: number;
  waiting: number;
}
export interface AgendaItem {
  id: DocumentId;
  kind: "news" | "item" | "case" | "round";
  title: string;
  minutes: number;
  owner: Person | null;
}
export interface MeetingDetails {
  meeting: Meeting;
  agenda: AgendaItem[];
  minutesLeft: number; // for free talk
  replies: { member: Person; answer: Answer; companions: string[] }[];
  silent: Person[];
  attendance: { member: Person; attended: Attended }[];
}
export interface NewMeeting {
  title: string;
  starts: string;
  zone: string;
  minutes: number;
  place?: string;
  link?: string;
}
export interface News {
  kind: string;
  id: DocumentId;
  title: string;
  by: Person;
  at: number;
}
/** What a member missed. */
export interface CatchUp {
  said: News[];
  decided: News[];
  shared: News[];
  asked: News[];
}
/** How many of the members' phones have a file. */
export interface Reach {
  have: number;
  devices: number;
  sent: boolean;
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
export type Unlock = { kind: "device" } | { kind: "pin"; pin: string } | { kind: "passkey"; secret: Uint8Array };
export interface LockState {
  exists: boolean; // whether there is a home
  kind: LockKind | null;
  credential: string | null; // of a passkey, base64url
}
