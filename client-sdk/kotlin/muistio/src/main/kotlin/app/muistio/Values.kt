// What a home shows: plain values, equal when they show the same. Times are milliseconds since 1970-01-01T00:00:00Z, to be shown and
// never to be ordered or judged by; sizes are in bytes.
package app.muistio

/** A club, a session, a desk, or the personal space. */
@JvmInline
public value class ClubId(public val hex: String)

@JvmInline
public value class NoteId(public val hex: String)

@JvmInline
public value class MaterialId(public val hex: String)

@JvmInline
public value class MemberId(public val hex: String)

@JvmInline
public value class DeviceId(public val hex: String)

@JvmInline
public value class InvitationId(public val hex: String)

/** How this device stands with a club. */
public enum class Standing { JOINING, OPEN, LEFT, REMOVED, SUCCEEDED }

/** What newcomers may read of the time before they joined. */
public enum class History { ALL, JOINING, SEASON }

/** What a space is for. */
public enum class Kind { PERSONAL, CLUB, SESSION, DESK }

/** What a member may do; compare for equality only. */
public enum class Role(internal val number: Int) { GUEST(1), MEMBER(2), FACILITATOR(3), HOST(4) }

/** One contradiction of the server's, kept on this device. */
public data class Contradiction(
    val noticedMs: Long,
    val code: String,
    val message: String,
    val place: Long,
    val held: String,
    val shown: String,
    val source: String,
)

public data class Club(
    val id: ClubId,
    val kind: Kind,
    /** While joining: what the link says. */
    val name: String,
    /** Who made it; while joining: who invited, as the link says. */
    val author: String,
    val atMs: Long,
    val standing: Standing,
    /** Null while joining. */
    val history: History?,
    /** Null while joining. */
    val ownRole: Role?,
    val members: Long,
    /** Changes that the server does not have yet. */
    val unsent: Long,
    val head: Long,
    /** False: the server contradicted itself; nothing is pushed. */
    val trusted: Boolean,
    val readOnly: Boolean,
    /** Joining: what is shown is from a snapshot, which the log was not compared with yet. */
    val unverified: Boolean,
    val needsRejoin: Boolean,
    val personal: Boolean,
    val why: String,
    val whyMessage: String,
    val evidence: List<Contradiction>,
)

/** A session that a club was told of. */
public data class Session(
    val id: ClubId,
    val title: String,
    val host: String,
    val hostId: MemberId,
    val atMs: Long,
    /** Null before this device asked to be let in. */
    val standing: Standing?,
)

public data class Member(
    val id: MemberId,
    val name: String,
    val role: Role?,
    val atMs: Long,
    val devices: Long,
    val self: Boolean,
    /** A host said that this is that former member, with a new identity. */
    val again: MemberId?,
)

public data class Device(val id: DeviceId, val name: String, val author: String, val self: Boolean)

public data class Note(
    val id: NoteId,
    val club: ClubId,
    val title: String,
    val author: String,
    val authorId: MemberId,
    val atMs: Long,
    val changedMs: Long,
    val bytes: Long,
    val isPrivate: Boolean,
    /** Whose text it is, if a host brought it in; else empty. */
    val handedInBy: String,
)

/** [version] is for [Muistio.editNote]. */
public data class NoteText(val note: Note, val text: String, val version: String)

/** A shared file. */
public data class Material(
    val id: MaterialId,
    val club: ClubId,
    val title: String,
    val author: String,
    val authorId: MemberId,
    val atMs: Long,
    val bytes: Long,
    /** Its bytes are on this device. */
    val present: Boolean,
    /** False: added here, and not yet at the server. */
    val uploaded: Boolean,
    val mediaType: String,
)

/** What the copies of shared files take on this device, and may take; null: whatever there is. */
public data class MaterialQuota(val bytes: Long, val limit: Long?)

public data class Invitation(
    val id: InvitationId,
    val club: ClubId,
    val role: Role?,
    val usesLeft: Int,
    val expiresMs: Long,
    val revoked: Boolean,
    /** A secret between its giver and its taker. */
    val link: String,
)

/** Somebody who asks to join and whom a person must let in. [name] is as they call themselves: shown, never trusted. */
public data class JoinRequest(val id: String, val club: ClubId, val name: String, val admitted: Boolean)

/** A part of a text, in bytes of its UTF-8. */
public data class Stretch(val offset: Int, val bytes: Int)

/** A search result. */
public data class Found(
    val id: NoteId,
    val club: ClubId,
    val title: String,
    val snippet: String,
    val author: String,
    val atMs: Long,
    val changedMs: Long,
    val titleMatches: List<Stretch>,
    val snippetMatches: List<Stretch>,
)

/** What a search is narrowed by; null: not. */
public data class SearchFilter(
    val club: ClubId? = null,
    val author: String? = null,
    val sinceMs: Long? = null,
    val untilMs: Long? = null,
)

public data class Checked(val notes: Long, val files: Long, val bytes: Long, val damaged: List<MaterialId>)

public data class SealAnswer(val verdict: Verdict, val member: String, val behind: Long, val ahead: Long) {
    public enum class Verdict { AGREED, PINNED, CONTRADICTED }
}

/** Something that is not done yet: [why] is a stable word, such as "admission" or "unsent". */
public data class Waiting(val id: String, val why: String)

public data class SyncOptions(
    /** Whether attachments are moved. */
    val material: Boolean = true,
    /** Whether a space let into just now shows a snapshot while its log is read. */
    val snapshots: Boolean = true,
    val connectMs: Int = 10_000,
    val progressMs: Int = 30_000,
)

public data class SyncProgress(
    val recordsDone: Long,
    val recordsTotal: Long,
    val materialDone: Long,
    val materialTotal: Long,
    val unsent: Long,
)

public data class SyncReport(
    val end: End,
    /** Why it stopped before all was done. */
    val error: MuistioException?,
    val pushed: Long,
    val pulled: Long,
    val upBytes: Long,
    val downBytes: Long,
    val waiting: List<Waiting>,
    /** What a person should know: plain sentences, no names, no note text. */
    val said: List<String>,
) {
    public enum class End { DONE, WAITING, STOPPED }
}

/** How a client that stays connected stands. */
public data class LiveState(
    val phase: Phase,
    /** Changes not yet at the server. */
    val unsent: Long,
    val trusted: Boolean,
    val error: MuistioException?,
    val said: List<String>,
) {
    public enum class Phase { CONNECTING, CATCHING_UP, IN_STEP, WAITING }
}

/** Somebody whom a host would let in, in a club that asks its members; an empty [id]: a host wants fewer members to be asked. */
public data class Newcomer(val id: String, val name: String, val agreed: Long, val quorum: Long, val agreedHere: Boolean)

@JvmInline
public value class MeetingId(public val hex: String)

/** A member as lists name them. */
public data class Person(val id: MemberId, val name: String)

/** A meeting: [starts] is what the clock of the place shows, "2026-12-01T18:00", in [zone], "Europe/Helsinki"; [atMs] that moment. */
public data class Meeting(
    val id: MeetingId,
    val club: ClubId,
    val title: String,
    val starts: String,
    val zone: String,
    val minutes: Int,
    /** 0 where the zone is not known on this device. */
    val atMs: Long,
    val endsMs: Long,
    val place: String,
    val link: String,
    /** Who holds the baton. */
    val organiser: Person?,
    val facilitators: List<Person>,
    val guests: List<String>,
    /** 0: no limit. */
    val places: Long,
    val cancelled: Boolean,
    val ownAnswer: Answer?,
    val coming: Int,
    val waiting: Int,
) {
    public enum class Answer { YES, NO, LATE, REMOTE }
    public enum class Attendance { PRESENT, ABSENT, LATE, REMOTE }
}

/** Something to remind this member of, for a local notification; [about] is the hexadecimal id of a meeting or an action point. */
public data class Reminder(val atMs: Long, val kind: String, val club: ClubId, val about: String, val title: String, val dueMs: Long)

/** How many of the members' devices have a file. */
public data class Reach(val have: Int, val devices: Int, val sent: Boolean)

/** Something that somebody else wrote or changed. */
public data class News(val section: Section, val kind: String, val id: String, val title: String, val by: Person, val atMs: Long) {
    public enum class Section { SAID, DECIDED, SHARED, ASKED }
}

// Reading them, in the order of jni/pack.c.

internal object Holds {
    const val ID = 1
    const val NUMBER = 2
    const val TEXT = 3
    const val CLUB = 4
    const val SESSION = 5
    const val MEMBER = 6
    const val DEVICE = 7
    const val NOTE = 8
    const val NOTE_TEXT = 9
    const val MATERIAL = 10
    const val MATERIAL_QUOTA = 11
    const val INVITATION = 12
    const val JOIN_REQUEST = 13
    const val FOUND = 14
    const val CHECKED = 15
    const val SEAL_ANSWER = 16
    const val WAITING = 17
    const val SYNC_REPORT = 18
    const val SYNC_PROGRESS = 19
    const val LIVE_STATE = 20
    const val NEWCOMER = 21
    const val MEETING = 22
    const val REMINDER = 23
    const val REACH = 24
    const val NEWS = 25
}

private fun Unpack.clubId() = ClubId(hex(16))
private fun Unpack.memberId() = MemberId(hex(32))
private fun Unpack.role() = int().let { number -> Role.entries.firstOrNull { it.number == number } }
private fun Unpack.error(): MuistioException? {
    val status = int()
    val message = text()
    return if (status == 0) null else MuistioException.of(status, message)
}

internal fun Unpack.club() = Club(
    clubId(), Kind.entries[int()], text(), text(), number(), Standing.entries[int()], History.entries.getOrNull(int()), role(),
    number(), number(), number(), flag(), flag(), flag(), flag(), flag(), text(), text(),
    list { Contradiction(number(), text(), text(), number(), text(), text(), text()) },
)

internal fun Unpack.session() = Session(clubId(), text(), text(), memberId(), number(), Standing.entries.getOrNull(int()))
internal fun Unpack.member(): Member {
    val known = Member(memberId(), text(), role(), number(), number(), flag(), null)
    val isAgain = flag()
    val again = memberId()
    return if (isAgain) known.copy(again = again) else known
}

internal fun Unpack.device() = Device(DeviceId(hex(16)), text(), text(), flag())
internal fun Unpack.note() =
    Note(NoteId(hex(16)), clubId(), text(), text(), memberId(), number(), number(), number(), flag(), text())

internal fun Unpack.noteText() = NoteText(note(), text(), text())
internal fun Unpack.material() =
    Material(MaterialId(hex(16)), clubId(), text(), text(), memberId(), number(), number(), flag(), flag(), text())

internal fun Unpack.materialQuota() = MaterialQuota(number(), number().takeIf { it != -1L })
internal fun Unpack.invitation() = Invitation(InvitationId(hex(16)), clubId(), role(), int(), number(), flag(), text())
internal fun Unpack.joinRequest() = JoinRequest(text(), clubId(), text(), flag())
private fun Unpack.stretch() = Stretch(int(), int())
internal fun Unpack.found() =
    Found(NoteId(hex(16)), clubId(), text(), text(), text(), number(), number(), list { stretch() }, list { stretch() })

internal fun Unpack.checked() = Checked(number(), number(), number(), list { MaterialId(hex(16)) })
internal fun Unpack.sealAnswer() = SealAnswer(SealAnswer.Verdict.entries[int()], text(), number(), number())
internal fun Unpack.waiting() = Waiting(text(), text())
internal fun Unpack.syncReport() = SyncReport(
    SyncReport.End.entries[int()], error(), number(), number(), number(), number(), list { waiting() }, list { text() },
)

internal fun Unpack.syncProgress() = SyncProgress(number(), number(), number(), number(), number())
internal fun Unpack.liveState(): LiveState {
    val phase = LiveState.Phase.entries[int()]
    val unsent = number()
    val trusted = flag()
    return LiveState(phase, unsent, trusted, error(), list { text() })
}

internal fun Unpack.newcomer() = Newcomer(text(), text(), number(), number(), flag())
private fun Unpack.person() = Person(memberId(), text())
internal fun Unpack.meeting() = Meeting(
    MeetingId(hex(16)), clubId(), text(), text(), text(), int(), number(), number(), text(), text(),
    if (flag()) person() else null, list { person() }, list { text() }, number(), flag(),
    text().let { said -> Meeting.Answer.entries.firstOrNull { it.name.equals(said, ignoreCase = true) } }, int(), int(),
)

internal fun Unpack.reminder() = Reminder(number(), text(), clubId(), hex(16), text(), number())
internal fun Unpack.reach() = Reach(int(), int(), flag())
internal fun Unpack.news() = News(News.Section.entries[int()], text(), hex(16), text(), person(), number())
