// The natives, and what crosses them: bytes, numbers and callbacks.
package app.muistio

import java.nio.ByteBuffer
import java.nio.CharBuffer
import java.nio.charset.CharacterCodingException
import java.nio.charset.CodingErrorAction

/** In the order of jni/operations.def. */
internal enum class Operation {
    HOME_INIT, HOME_WAITING, HOME_CHECK, HOME_BACKUP,
    DEVICE_LIST, DEVICE_LINK, DEVICE_FOLLOW_LINK, DEVICE_CODES, DEVICE_CONFIRM, DEVICE_REMOVE,
    RECOVERY_WORDS, RECOVERY_BEGIN, RECOVERY_FORGET,
    CLUB_LIST, CLUB_CREATE, CLUB_BEGIN_SEASON, CLUB_LEAVE, CLUB_FIND, CLUB_SUCCEED, CLUB_EXPORT,
    SESSION_CREATE, SESSION_LIST, SESSION_JOIN, SESSION_ANNOUNCE, DESK_CREATE,
    SEAL_SHOW, SEAL_CHECK, SEAL_REOPEN, SEAL_ACCEPT_REOPENING,
    INVITATION_CREATE, INVITATION_LIST, INVITATION_REVOKE, JOIN, JOIN_CANCEL, JOIN_REQUESTS,
    MEMBER_ADMIT, MEMBER_LIST, MEMBER_REMOVE, HOST_GIVE, HOST_WARRANT, HOST_TAKE, HOST_OFFER, HOST_REPLACE,
    NOTE_ADD, NOTE_LIST, NOTE_FIND, NOTE_SHOW, NOTE_CHANGE, NOTE_APPEND, NOTE_DELETE, NOTE_SHARE,
    MATERIAL_ADD, MATERIAL_LIST, MATERIAL_FIND, MATERIAL_GET, MATERIAL_DELETE, MATERIAL_EVICT, MATERIAL_SET_QUOTA, MATERIAL_GET_QUOTA,
    SEARCH, HAND_IN, HAND_IN_ACCEPT, SYNC, SYNC_START_LIVE, SYNC_STOP_LIVE,
    OBSERVE_CLUBS, OBSERVE_NOTES, OBSERVE_NOTE, OBSERVE_MATERIAL, OBSERVE_MEMBERS,
    NEWCOMER_SET_QUORUM, NEWCOMER_LIST, NEWCOMER_AGREE,
    MEETING_ADD, MEETING_LIST, MEETING_ANSWER, MEETING_MARK, MEETING_HAND_BATON, MEETING_NEXT, MEETING_MINUTES, MEETING_CALENDAR,
    REMINDER_LIST, CATCH_UP, CATCH_UP_MARK_READ, MATERIAL_REACH, OBSERVE_MEETINGS,
}

/** Called by the natives, on the client's own thread. */
internal fun interface Callback {
    fun call(status: Int, packed: ByteArray)

    companion object {
        const val DONE = 0
        const val PROGRESS = -1
        const val GONE = -2
    }
}

internal object Native {
    init {
        System.loadLibrary("muistio_jni")
        check(operations().trim().uppercase() == Operation.entries.joinToString(" ")) {
            "libmuistio_jni is of another version than the Kotlin package"
        }
    }

    @JvmStatic external fun operations(): String
    @JvmStatic external fun version(): String
    @JvmStatic external fun statusName(status: Int): String
    @JvmStatic external fun statusSentence(status: Int): String
    @JvmStatic external fun liveHandles(): Long

    @JvmStatic external fun open(
        home: ByteArray,
        passphrase: ByteArray?,
        keystore: Keystore?,
        insist: Boolean,
        create: Boolean,
        busyMs: Int,
        backup: ByteArray?,
        handle: LongArray,
        failure: Array<ByteArray?>,
    ): Int

    @JvmStatic external fun close(client: Long): Int
    @JvmStatic external fun cancel(call: Long): Int
    @JvmStatic external fun releaseCall(call: Long): Int
    @JvmStatic external fun releaseObservation(observation: Long): Int

    @JvmStatic external fun begin(
        op: Int,
        client: Long,
        id: ByteArray?,
        other: ByteArray?,
        a: ByteArray?,
        b: ByteArray?,
        c: ByteArray?,
        numbers: LongArray?,
        callback: Callback,
        call: LongArray,
    ): Int

    @JvmStatic external fun startLive(client: Long, numbers: LongArray, state: Callback, callback: Callback, call: LongArray): Int

    @JvmStatic external fun observe(op: Int, client: Long, id: ByteArray?, callback: Callback, observation: LongArray): Int
}

/** UTF-8 of a text. A text with half a surrogate pair has none. */
internal fun utf8(text: String): ByteArray {
    val encoder = Charsets.UTF_8.newEncoder().onMalformedInput(CodingErrorAction.REPORT).onUnmappableCharacter(CodingErrorAction.REPORT)
    val buffer = try {
        encoder.encode(CharBuffer.wrap(text))
    } catch (_: CharacterCodingException) {
        throw MuistioException.of(MuistioException.NOT_UTF8, "half a surrogate pair")
    }
    return ByteArray(buffer.remaining()).also(buffer::get)
}

/** Reads what jni/pack.c wrote. */
internal class Unpack(packed: ByteArray) {
    private val from = ByteBuffer.wrap(packed)
    private val content = if (packed.isEmpty()) 0 else number().toInt()
    private val count = if (packed.isEmpty()) 0 else number().toInt()

    fun number(): Long = from.getLong()
    fun int(): Int = number().toInt()
    fun flag(): Boolean = number() != 0L
    fun bytes(): ByteArray = ByteArray(int()).also(from::get)
    fun text(): String = String(bytes(), Charsets.UTF_8)
    fun hex(length: Int): String = hexOf(ByteArray(length).also(from::get))
    fun <T> list(read: Unpack.() -> T): List<T> = List(int()) { read() }

    /** All values, which must be of the kind `holds`. */
    fun <T> all(holds: Int, read: Unpack.() -> T): List<T> {
        check(content == holds) { "an answer holds $content, not $holds" }
        return List(count) { read() }
    }
}

private const val DIGITS = "0123456789abcdef"

internal fun hexOf(bytes: ByteArray): String = buildString(bytes.size * 2) {
    for (byte in bytes) {
        append(DIGITS[(byte.toInt() shr 4) and 15])
        append(DIGITS[byte.toInt() and 15])
    }
}

internal fun bytesOf(hex: String, length: Int): ByteArray {
    require(hex.length == 2 * length && hex.all { it in DIGITS }) { "an id has ${2 * length} hexadecimal digits in lower case" }
    return ByteArray(length) { ((DIGITS.indexOf(hex[2 * it]) shl 4) or DIGITS.indexOf(hex[2 * it + 1])).toByte() }
}
