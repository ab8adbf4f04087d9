package app.muistio

import kotlinx.coroutines.CancellableContinuation
import kotlinx.coroutines.channels.awaitClose
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.buffer
import kotlinx.coroutines.flow.callbackFlow
import kotlinx.coroutines.channels.Channel
import kotlinx.coroutines.channels.ProducerScope
import kotlinx.coroutines.suspendCancellableCoroutine
import java.io.File
import kotlin.coroutines.resume
import kotlin.coroutines.resumeWithException

/** Gives the 32 bytes of a home's key from the platform's keystore, making them there if there are none. The array is wiped by nobody. */
public fun interface Keystore {
    public fun key(): ByteArray
}

/** How a home is opened. Without passphrase and keystore the key is random, in the file `device.key` of the home. */
public class OpenOptions(
    public val home: File,
    public val passphrase: String? = null,
    public val keystore: Keystore? = null,
    public val insistOnPassphrase: Boolean = false,
    public val create: Boolean = true,
    public val busyTimeoutMs: Int = 3000,
)

/**
 * One open home. Everything works with no network, at once; only [sync] and [live] use the network.
 *
 * Threads: any thread may call any function. The work is done on the client's own thread, in the order of the calls; when a function
 * returns, what it wrote is durable. A coroutine that is cancelled while it waits cancels its call: one that has not begun is not done
 * at all, a sync ends early. Errors are [MuistioException]s. Callbacks and flows' values are made on the client's thread and taken on
 * the collector's.
 *
 * [close] it when the app goes; one that is forgotten is closed after it was collected.
 */
public class Muistio private constructor(private val handle: Handle) : AutoCloseable {
    init {
        Handle.closeWithOwner(this, handle)
    }

    public companion object {
        /** The version of the native library. */
        public val version: String get() = Native.version()

        /** Handles that were given out by the native library and not released: for tests that look for leaks. */
        public val liveHandles: Long get() = Native.liveHandles()

        /** Opens a home. Blocks for the disk, and with a passphrase for long: call it off the main thread. */
        public fun open(options: OpenOptions): Muistio = Muistio(Handle(openNative(options, null)))

        /** Makes the home in `options.home`, where there is none, from what [backup] wrote. Blocks. */
        public fun restore(options: OpenOptions, backup: File) {
            openNative(options, backup)
        }

        private fun openNative(options: OpenOptions, backup: File?): Long {
            val handle = LongArray(1)
            val failure = arrayOfNulls<ByteArray>(1)
            val status = Native.open(
                utf8(options.home.path), options.passphrase?.let(::utf8), options.keystore, options.insistOnPassphrase, options.create,
                options.busyTimeoutMs, backup?.let { utf8(it.path) }, handle, failure,
            )
            if (status != Callback.DONE) throw failureOf(status, failure[0] ?: ByteArray(0))
            return handle[0]
        }

        private fun failureOf(status: Int, packed: ByteArray): MuistioException =
            if (packed.isEmpty()) MuistioException.of(status)
            else MuistioException.of(status, Unpack(packed).all(Holds.TEXT) { text() }.single())
    }

    /** Ends a running sync, finishes the calls made before and joins the client's thread. Blocks for that; again does nothing. */
    override fun close() {
        handle.close()
    }

    // The home.

    /** Names the member. [server] is wss://HOST[:PORT], or empty; [caPem] the certificate authorities to believe, empty for the system's. */
    public suspend fun init(name: String, server: String = "", caPem: String = "") {
        call(Operation.HOME_INIT, a = utf8(name), b = utf8(server), c = utf8(caPem)) {}
    }

    /** What is not done yet, as far as it is known without a network. */
    public suspend fun waiting(): List<Waiting> = call(Operation.HOME_WAITING) { all(Holds.WAITING) { waiting() } }

    /** Reads everything that is here and names what is damaged. */
    public suspend fun check(): Checked = call(Operation.HOME_CHECK) { all(Holds.CHECKED) { checked() }.single() }

    /** Writes a copy of the home, encrypted under the same key, to a folder that is not there or empty. */
    public suspend fun backup(folder: File) {
        call(Operation.HOME_BACKUP, a = utf8(folder.path)) {}
    }

    // Devices and recovery.

    public suspend fun devices(): List<Device> = call(Operation.DEVICE_LIST) { all(Holds.DEVICE) { device() } }

    /** A link for a new device of this member; [shownInPerson]: as a QR code that nobody else can have read. */
    public suspend fun linkDevice(shownInPerson: Boolean): String = call(Operation.DEVICE_LINK, numbers = numbers(shownInPerson)) { oneText() }

    /** On an empty home: becomes a device of the member whose link it is, over the next syncs of both. */
    public suspend fun followDeviceLink(link: String, caPem: String = "") {
        call(Operation.DEVICE_FOLLOW_LINK, a = utf8(link), b = utf8(caPem)) {}
    }

    /** The six digits of each device that asks; on the new device, of its own. */
    public suspend fun deviceCodes(): List<String> = call(Operation.DEVICE_CODES) { all(Holds.TEXT) { text() } }

    /** The person has compared: the device with these digits becomes one of this member's at the next sync. */
    public suspend fun confirmDevice(code: String) {
        call(Operation.DEVICE_CONFIRM, a = utf8(code)) {}
    }

    /** Decides to remove another device of this member: a lost phone. By id or a unique beginning of one. */
    public suspend fun removeDevice(device: String) {
        call(Operation.DEVICE_REMOVE, a = utf8(device)) {}
    }

    /** The 24 words of recovery: show them, never keep them. */
    public suspend fun recoveryWords(): String = call(Operation.RECOVERY_WORDS) { oneText() }

    /** On an empty home: becomes the member of the 24 words. */
    public suspend fun recover(words: String, server: String, caPem: String = "") {
        call(Operation.RECOVERY_BEGIN, a = utf8(words), b = utf8(server), c = utf8(caPem)) {}
    }

    /** Forgets the words here, when the person has them on paper. */
    public suspend fun forgetRecoveryWords() {
        call(Operation.RECOVERY_FORGET) {}
    }

    // Clubs.

    /** All clubs, and the personal space if there is one, which comes last. */
    public suspend fun clubs(): List<Club> = call(Operation.CLUB_LIST) { all(Holds.CLUB) { club() } }
    public suspend fun createClub(name: String, history: History = History.JOINING): ClubId =
        call(Operation.CLUB_CREATE, a = utf8(name), numbers = numbers(history.ordinal.toLong())) { ClubId(oneId()) }

    /** A new season begins at the next sync. */
    public suspend fun beginSeason(club: ClubId) {
        call(Operation.CLUB_BEGIN_SEASON, club.hex) {}
    }

    /** Closes the club here at once; the others learn at the next sync. */
    public suspend fun leaveClub(club: ClubId) {
        call(Operation.CLUB_LEAVE, club.hex) {}
    }

    /** By a unique name, or by id or a unique beginning of one of at least 6 digits. */
    public suspend fun findClub(wanted: String): ClubId = call(Operation.CLUB_FIND, a = utf8(wanted)) { ClubId(oneId()) }

    /** A new club that goes on from this one; this one is read-only from then on. */
    public suspend fun succeedClub(club: ClubId): ClubId = call(Operation.CLUB_SUCCEED, club.hex) { ClubId(oneId()) }

    /** Writes the club to a folder, as Markdown and files. How many attachments were absent. */
    public suspend fun exportClub(club: ClubId, folder: File, withPrivate: Boolean): Long =
        call(Operation.CLUB_EXPORT, club.hex, a = utf8(folder.path), numbers = numbers(withPrivate)) {
            all(Holds.NUMBER) { number() }.single()
        }

    public suspend fun createSession(club: ClubId, title: String): ClubId =
        call(Operation.SESSION_CREATE, club.hex, a = utf8(title)) { ClubId(oneId()) }

    public suspend fun sessions(club: ClubId): List<Session> = call(Operation.SESSION_LIST, club.hex) { all(Holds.SESSION) { session() } }

    /** Asks to be let into a session of the club, by title or id. */
    public suspend fun joinSession(club: ClubId, session: String): ClubId =
        call(Operation.SESSION_JOIN, club.hex, a = utf8(session)) { ClubId(oneId()) }

    /** Tells another club of a session that this member hosts. */
    public suspend fun announceSession(club: ClubId, session: ClubId) {
        call(Operation.SESSION_ANNOUNCE, club.hex, session.hex) {}
    }

    public suspend fun createDesk(name: String): ClubId = call(Operation.DESK_CREATE, a = utf8(name)) { ClubId(oneId()) }

    /** What this device holds of the club's log, signed, as text for a QR code. */
    public suspend fun seal(club: ClubId): String = call(Operation.SEAL_SHOW, club.hex) { oneText() }

    /** Compares another member's seal. */
    public suspend fun checkSeal(club: ClubId, text: String): SealAnswer =
        call(Operation.SEAL_CHECK, club.hex, a = utf8(text)) { all(Holds.SEAL_ANSWER) { sealAnswer() }.single() }

    /** A host's decision that the club goes on from what this device holds, after trust stopped. */
    public suspend fun reopen(club: ClubId): String = call(Operation.SEAL_REOPEN, club.hex) { oneText() }

    /** This person confirms a host's reopening. */
    public suspend fun acceptReopening(club: ClubId, text: String) {
        call(Operation.SEAL_ACCEPT_REOPENING, club.hex, a = utf8(text)) {}
    }

    // Members. A member is named by name if that is unique, else by id or a unique beginning of one.

    /** [role] is [Role.MEMBER] or [Role.FACILITATOR]; with [asks] a person here lets even a single one in. */
    public suspend fun invite(club: ClubId, role: Role = Role.MEMBER, uses: Int = 1, expiresDays: Int = 14, asks: Boolean = false): Invitation {
        val wanted = longArrayOf(role.number.toLong(), uses.toLong(), expiresDays.toLong(), if (asks) 1 else 0)
        return call(Operation.INVITATION_CREATE, club.hex, numbers = wanted) { all(Holds.INVITATION) { invitation() }.single() }
    }

    public suspend fun invitations(club: ClubId): List<Invitation> =
        call(Operation.INVITATION_LIST, club.hex) { all(Holds.INVITATION) { invitation() } }

    public suspend fun revokeInvitation(invitation: String) {
        call(Operation.INVITATION_REVOKE, a = utf8(invitation)) {}
    }

    /** Keeps the wish to join; it goes out at the next sync. [name] is needed if the home has no member yet. */
    public suspend fun join(link: String, name: String = "", caPem: String = ""): ClubId =
        call(Operation.JOIN, a = utf8(link), b = utf8(name), c = utf8(caPem)) { ClubId(oneId()) }

    public suspend fun cancelJoin(club: ClubId) {
        call(Operation.JOIN_CANCEL, club.hex) {}
    }

    public suspend fun joinRequests(club: ClubId): List<JoinRequest> =
        call(Operation.JOIN_REQUESTS, club.hex) { all(Holds.JOIN_REQUEST) { joinRequest() } }

    /** Decides to admit a request, or the only one; as [again] if it is that member with a new identity. */
    public suspend fun admit(club: ClubId, request: String = "", again: String = ""): JoinRequest =
        call(Operation.MEMBER_ADMIT, club.hex, a = utf8(request), b = utf8(again)) { all(Holds.JOIN_REQUEST) { joinRequest() }.single() }

    public suspend fun members(club: ClubId): List<Member> = call(Operation.MEMBER_LIST, club.hex) { all(Holds.MEMBER) { member() } }

    /** Done at the next sync, before content. */
    public suspend fun removeMember(club: ClubId, member: String) {
        call(Operation.MEMBER_REMOVE, club.hex, a = utf8(member)) {}
    }

    /** Makes a member a host too, at the next sync. */
    public suspend fun giveHost(club: ClubId, member: String) {
        call(Operation.HOST_GIVE, club.hex, a = utf8(member)) {}
    }

    /** A warrant by which the member becomes a host while this one stays offline. */
    public suspend fun hostWarrant(club: ClubId, member: String): String =
        call(Operation.HOST_WARRANT, club.hex, a = utf8(member)) { oneText() }

    /** Becomes a host by a warrant, or by an open offer, at the next sync. */
    public suspend fun takeHost(club: ClubId, warrant: String = "") {
        call(Operation.HOST_TAKE, club.hex, a = utf8(warrant)) {}
    }

    /** Offers the role to all members, at the next sync. */
    public suspend fun offerHost(club: ClubId) {
        call(Operation.HOST_OFFER, club.hex) {}
    }

    /** Votes that the member takes the place of hosts who were not seen for 30 days, or, with [insist], are known to be gone. */
    public suspend fun replaceHosts(club: ClubId, member: String, insist: Boolean = false) {
        call(Operation.HOST_REPLACE, club.hex, a = utf8(member), numbers = numbers(insist)) {}
    }

    /** How many members must agree to a newcomer, the host who admits among them; 0: the host alone. Done at the next sync. */
    public suspend fun setQuorum(club: ClubId, quorum: Int) {
        call(Operation.NEWCOMER_SET_QUORUM, club.hex, numbers = numbers(quorum.toLong())) {}
    }

    /** Those whom hosts would let in, while the club asks its members. */
    public suspend fun newcomers(club: ClubId): List<Newcomer> = call(Operation.NEWCOMER_LIST, club.hex) { all(Holds.NEWCOMER) { newcomer() } }

    /** Agrees to one of them, or to the only one. */
    public suspend fun agreeToNewcomer(club: ClubId, newcomer: String = "") {
        call(Operation.NEWCOMER_AGREE, club.hex, a = utf8(newcomer)) {}
    }

    // Meetings. A time is what the clock of the place shows, "2026-12-01T18:00", with the zone's name, "Europe/Helsinki".

    /** This member organises it; a note for the minutes is made. */
    public suspend fun addMeeting(
        club: ClubId,
        title: String,
        starts: String,
        zone: String,
        minutes: Int = 120,
        place: String = "",
        places: Long = 0,
    ): MeetingId = call(
        Operation.MEETING_ADD, club.hex, otherBytes = utf8(place), a = utf8(title), b = utf8(starts), c = utf8(zone),
        numbers = longArrayOf(minutes.toLong(), places, 0, 0),
    ) { MeetingId(oneId()) }

    /** By their time; those called off too. */
    public suspend fun meetings(club: ClubId): List<Meeting> = call(Operation.MEETING_LIST, club.hex) { all(Holds.MEETING) { meeting() } }
    public suspend fun answerMeeting(meeting: MeetingId, answer: Meeting.Answer) {
        call(Operation.MEETING_ANSWER, meeting.hex, a = utf8(answer.name.lowercase())) {}
    }

    public suspend fun markAttendance(meeting: MeetingId, member: MemberId, attended: Meeting.Attendance) {
        call(Operation.MEETING_MARK, meeting.hex, otherBytes = bytesOf(member.hex, 32), a = utf8(attended.name.lowercase())) {}
    }

    /** Hands on the baton; no keys change. */
    public suspend fun handBaton(meeting: MeetingId, to: MemberId) {
        call(Operation.MEETING_HAND_BATON, meeting.hex, otherBytes = bytesOf(to.hex, 32)) {}
    }

    /** The next meeting made from this one; without [starts] at the season's rhythm. */
    public suspend fun nextMeeting(meeting: MeetingId, starts: String = ""): MeetingId =
        call(Operation.MEETING_NEXT, meeting.hex, a = utf8(starts)) { MeetingId(oneId()) }

    /** The note that is the minutes. */
    public suspend fun minutes(meeting: MeetingId): NoteId = call(Operation.MEETING_MINUTES, meeting.hex) { NoteId(oneId()) }

    /** The club's meetings as iCalendar. */
    public suspend fun calendar(club: ClubId): String = call(Operation.MEETING_CALENDAR, club.hex) { oneText() }

    /** What to remind this member of in all clubs, from [fromMs] on and before [untilMs]. Ask again after a sync: meetings move. */
    public suspend fun reminders(fromMs: Long, untilMs: Long): List<Reminder> =
        call(Operation.REMINDER_LIST, numbers = longArrayOf(fromMs, untilMs, 0, 0)) { all(Holds.REMINDER) { reminder() } }

    /** What others wrote and changed since this member said [markRead] last. */
    public suspend fun catchUp(club: ClubId): List<News> = call(Operation.CATCH_UP, club.hex) { all(Holds.NEWS) { news() } }
    public suspend fun markRead(club: ClubId) {
        call(Operation.CATCH_UP_MARK_READ, club.hex) {}
    }

    /** "5 of 8 phones have it". */
    public suspend fun reach(material: MaterialId): Reach = call(Operation.MATERIAL_REACH, material.hex) { all(Holds.REACH) { reach() }.single() }

    // Notes.

    public suspend fun addNote(club: ClubId, title: String, text: String, isPrivate: Boolean = false): NoteId =
        call(Operation.NOTE_ADD, club.hex, a = utf8(title), b = utf8(text), numbers = numbers(isPrivate)) { NoteId(oneId()) }

    /** The club's notes and the private ones about it, oldest first. */
    public suspend fun notes(club: ClubId): List<Note> = call(Operation.NOTE_LIST, club.hex) { all(Holds.NOTE) { note() } }

    /** By id or a unique beginning of one of at least 6 digits. */
    public suspend fun findNote(wanted: String): NoteId = call(Operation.NOTE_FIND, a = utf8(wanted)) { NoteId(oneId()) }

    /** Also notes the version as shown: the base of the next edit. */
    public suspend fun showNote(note: NoteId): NoteText = call(Operation.NOTE_SHOW, note.hex) { all(Holds.NOTE_TEXT) { noteText() }.single() }

    /** [text] is the whole new text, made from [base], or from the version that this home showed last. What others wrote since stays. */
    public suspend fun editNote(note: NoteId, text: String, base: String? = null) {
        call(Operation.NOTE_CHANGE, note.hex, a = base?.let(::utf8), b = utf8(text)) {}
    }

    /** Adds at the end. */
    public suspend fun appendNote(note: NoteId, text: String) {
        call(Operation.NOTE_APPEND, note.hex, b = utf8(text)) {}
    }

    public suspend fun deleteNote(note: NoteId) {
        call(Operation.NOTE_DELETE, note.hex) {}
    }

    /** A copy of a note for everybody who is in the club now. */
    public suspend fun shareNote(note: NoteId): NoteId = call(Operation.NOTE_SHARE, note.hex) { NoteId(oneId()) }

    // Material.

    /** Encrypts a copy of the file into the home; it goes out at the next sync. */
    public suspend fun addMaterial(club: ClubId, file: File): MaterialId =
        call(Operation.MATERIAL_ADD, club.hex, a = utf8(file.path)) { MaterialId(oneId()) }

    public suspend fun material(club: ClubId): List<Material> = call(Operation.MATERIAL_LIST, club.hex) { all(Holds.MATERIAL) { material() } }

    public suspend fun findMaterial(wanted: String): MaterialId =
        call(Operation.MATERIAL_FIND, a = utf8(wanted)) { MaterialId(oneId()) }

    /** Writes the file to [out], replacing one that is there. */
    public suspend fun getMaterial(material: MaterialId, out: File) {
        call(Operation.MATERIAL_GET, material.hex, a = utf8(out.path)) {}
    }

    public suspend fun deleteMaterial(material: MaterialId) {
        call(Operation.MATERIAL_DELETE, material.hex) {}
    }

    /** Drops the copy on this device; asking for it again brings it back at the next sync. */
    public suspend fun evictMaterial(material: MaterialId) {
        call(Operation.MATERIAL_EVICT, material.hex) {}
    }

    /** How many bytes the copies may take; null: whatever there is. */
    public suspend fun setMaterialQuota(bytes: Long?) {
        require(bytes == null || bytes >= 0) { "a quota is not negative" }
        call(Operation.MATERIAL_SET_QUOTA, numbers = numbers(bytes ?: -1L)) {}
    }

    public suspend fun materialQuota(): MaterialQuota =
        call(Operation.MATERIAL_GET_QUOTA) { all(Holds.MATERIAL_QUOTA) { materialQuota() }.single() }

    // Finding and handing in.

    /** Notes that hold all the words, inflected forms and beginnings of words included, best first, at most 50. */
    public suspend fun search(words: String, filter: SearchFilter = SearchFilter()): List<Found> {
        val narrowed = longArrayOf(if (filter.club == null) 0 else 1, filter.sinceMs ?: Long.MIN_VALUE, filter.untilMs ?: Long.MIN_VALUE, 0)
        return call(Operation.SEARCH, filter.club?.hex, a = utf8(words), c = filter.author?.let(::utf8), numbers = narrowed) {
            all(Holds.FOUND) { found() }
        }
    }

    /** The notes written here that never reached the club's log, sealed to its hosts: bytes of a file. */
    public suspend fun handIn(club: ClubId): ByteArray = call(Operation.HAND_IN, club.hex) { all(Holds.TEXT) { bytes() }.single() }

    /** Takes in, as a host, what a member handed in. */
    public suspend fun acceptHandIn(club: ClubId, file: ByteArray): List<NoteId> =
        call(Operation.HAND_IN_ACCEPT, club.hex, b = file) { all(Holds.ID) { NoteId(hex(16)) } }

    // Sync.

    /**
     * Pushes, pulls, admits and moves attachments, until nothing is left to do without a person. [progress] is called about ten times a
     * second, on the client's thread. A server that cannot be reached is no exception: it is in the report.
     */
    public suspend fun sync(options: SyncOptions = SyncOptions(), progress: ((SyncProgress) -> Unit)? = null): SyncReport =
        call(
            Operation.SYNC, numbers = numbersOf(options),
            progress = progress?.let { told -> { packed -> told(Unpack(packed).all(Holds.SYNC_PROGRESS) { syncProgress() }.single()) } },
        ) { all(Holds.SYNC_REPORT) { syncReport() }.single() }

    /**
     * Stays connected while it is collected: sends what is written here at once, receives what others write as it comes, and connects
     * again by itself. The values are how it stands; a slow collector misses all but the newest. Collect it once at a time.
     */
    public fun live(options: SyncOptions = SyncOptions()): Flow<LiveState> = callbackFlow {
        val told = telling { all(Holds.LIVE_STATE) { liveState() }.single() }
        suspendCancellableCoroutine<Unit> { waiting ->
            Pending(waiting, null) {}.begin { callback, call -> Native.startLive(openHandle(), numbersOf(options), told, callback, call) }
        }
        // Nobody waits for the end of it: the client's thread comes to it in its turn.
        awaitEnd {
            val call = LongArray(1)
            Native.begin(Operation.SYNC_STOP_LIVE.ordinal, handle.value, null, null, null, null, null, null, { _, _ -> }, call)
            Native.releaseCall(call[0])
        }
    }.buffer(Channel.CONFLATED)

    // Observed queries: the answer, soon, and again whenever it is another one. A slow collector misses all but the newest.

    public fun observeClubs(): Flow<List<Club>> = observe(Operation.OBSERVE_CLUBS, null) { all(Holds.CLUB) { club() } }
    public fun observeNotes(club: ClubId): Flow<List<Note>> = observe(Operation.OBSERVE_NOTES, club.hex) { all(Holds.NOTE) { note() } }

    /** Null, if the note is not there (any more). Does not count as showing it. */
    public fun observeNote(note: NoteId): Flow<NoteText?> =
        observe(Operation.OBSERVE_NOTE, note.hex) { all(Holds.NOTE_TEXT) { noteText() }.singleOrNull() }

    public fun observeMaterial(club: ClubId): Flow<List<Material>> =
        observe(Operation.OBSERVE_MATERIAL, club.hex) { all(Holds.MATERIAL) { material() } }

    public fun observeMeetings(club: ClubId): Flow<List<Meeting>> =
        observe(Operation.OBSERVE_MEETINGS, club.hex) { all(Holds.MEETING) { meeting() } }

    public fun observeMembers(club: ClubId): Flow<List<Member>> =
        observe(Operation.OBSERVE_MEMBERS, club.hex) { all(Holds.MEMBER) { member() } }

    // How it is asked.

    private fun openHandle(): Long {
        if (!handle.isOpen) throw MuistioException.of(MuistioException.INVALID_STATE, "the client is closed")
        return handle.value
    }

    private fun numbers(first: Long) = longArrayOf(first, 0, 0, 0)
    private fun numbers(flag: Boolean) = numbers(if (flag) 1L else 0L)
    private fun numbersOf(options: SyncOptions) = longArrayOf(
        if (options.material) 0 else 1, if (options.snapshots) 0 else 1, options.connectMs.toLong(), options.progressMs.toLong(),
    )

    private fun Unpack.oneId() = all(Holds.ID) { hex(16) }.single()
    private fun Unpack.oneText() = all(Holds.TEXT) { text() }.single()

    private suspend fun <T> call(
        op: Operation,
        id: String? = null,
        other: String? = null,
        otherBytes: ByteArray? = other?.let { bytesOf(it, 16) },
        a: ByteArray? = null,
        b: ByteArray? = null,
        c: ByteArray? = null,
        numbers: LongArray? = null,
        progress: ((ByteArray) -> Unit)? = null,
        read: Unpack.() -> T,
    ): T = suspendCancellableCoroutine { waiting ->
        Pending(waiting, progress, read).begin { callback, call ->
            Native.begin(
                op.ordinal, openHandle(), id?.let { bytesOf(it, 16) }, otherBytes, a, b, c, numbers, callback, call,
            )
        }
    }

    /** A call that a coroutine waits for. Its native handle is released when it is over and was noted, whichever comes last. */
    private class Pending<T>(
        private val waiting: CancellableContinuation<T>,
        private val progress: ((ByteArray) -> Unit)?,
        private val read: Unpack.() -> T,
    ) : Callback {
        private var call = 0L
        private var over = false

        fun begin(start: (Callback, LongArray) -> Int) {
            val begun = LongArray(1)
            val status = start(this, begun)
            if (status != Callback.DONE) return waiting.resumeWithException(failureOf(status, ByteArray(0)))
            val isOver = synchronized(this) {
                call = begun[0]
                over
            }
            if (isOver) Native.releaseCall(begun[0])
            waiting.invokeOnCancellation { synchronized(this) { if (!over && call != 0L) Native.cancel(call) } }
        }

        override fun call(status: Int, packed: ByteArray) {
            if (status == Callback.PROGRESS) {
                runCatching { progress?.invoke(packed) }
                return
            }
            val noted = synchronized(this) {
                over = true
                call
            }
            if (noted != 0L) Native.releaseCall(noted)
            val answer = if (status == Callback.DONE) runCatching { Unpack(packed).read() } else Result.failure(failureOf(status, packed))
            answer.fold({ waiting.resume(it) }, { waiting.resumeWithException(it) })
        }
    }

    /** Hands values on to a flow, which ends when no more will come. */
    private fun <T> ProducerScope<T>.telling(read: Unpack.() -> T) = Callback { status, packed ->
        when (status) {
            Callback.PROGRESS -> runCatching { Unpack(packed).read() }.fold({ trySend(it) }, { close(it) })
            Callback.GONE -> close()
        }
    }

    /** Until the collector goes or the client is closed. */
    private suspend fun ProducerScope<*>.awaitEnd(release: () -> Unit) {
        val end: () -> Unit = { close() }
        handle.ends.add(end)
        if (!handle.isOpen) end()
        awaitClose {
            handle.ends.remove(end)
            release()
        }
    }

    private fun <T> observe(op: Operation, id: String?, read: Unpack.() -> T): Flow<T> = callbackFlow {
        val observation = LongArray(1)
        val status = Native.observe(op.ordinal, openHandle(), id?.let { bytesOf(it, 16) }, telling(read), observation)
        if (status != Callback.DONE) throw failureOf(status, ByteArray(0))
        awaitEnd { Native.releaseObservation(observation[0]) }
    }.buffer(Channel.CONFLATED)
}
