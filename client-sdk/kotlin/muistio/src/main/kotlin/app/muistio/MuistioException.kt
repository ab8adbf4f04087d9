package app.muistio

/**
 * Why something was not done. [status] and [name] are those of the one table of errors; the message is English, for a log or a
 * developer, and never holds note text, names or keys. What a user sees an app says by the class.
 */
public sealed class MuistioException(public val status: Int, message: String) : Exception(message) {
    /** The stable name of the status, such as "not_found". */
    public val name: String get() = Native.statusName(status)

    /** There is no such club, note, file, home, … */
    public class NotFound internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** More than one thing matches; the message names the candidates. */
    public class Ambiguous internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** An argument is not allowed: malformed, too large, not UTF-8. */
    public class InvalidArgument internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** It cannot be done now: closed, no server known, a sync runs already, not admitted yet. */
    public class InvalidState internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** It exists already. */
    public class AlreadyExists internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** The role does not allow it. */
    public class NotPermitted internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** The passphrase or the keystore's key does not open this home. */
    public class WrongKey internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** Another process has the home open. */
    public class StoreBusy internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** The disk is full, or cannot be read or written; or what is on it is damaged. */
    public class Storage internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** The link is not valid, was used up or has expired. */
    public class Invitation internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** A newer version of the app is needed. */
    public class NewerVersion internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** It is not on this device, or not any more. */
    public class Absent internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** The server contradicted itself or is not the one it should be, or a signature or a message does not hold. */
    public class Untrusted internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** The connection or the server. */
    public class Network internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** It was cancelled without the coroutine being: the client was closed. */
    public class Cancelled internal constructor(status: Int, message: String) : MuistioException(status, message)

    /** Any other status of the table. */
    public class Other internal constructor(status: Int, message: String) : MuistioException(status, message)

    internal companion object {
        const val INVALID_STATE = 7
        const val NOT_UTF8 = 9

        fun of(status: Int, message: String = Native.statusSentence(status)): MuistioException = when (status) {
            4 -> NotFound(status, message)
            5 -> Ambiguous(status, message)
            1, 2, 6, NOT_UTF8 -> InvalidArgument(status, message)
            INVALID_STATE, 417 -> InvalidState(status, message)
            8 -> AlreadyExists(status, message)
            10 -> Cancelled(status, message)
            400, 416 -> NotPermitted(status, message)
            250 -> WrongKey(status, message)
            253 -> StoreBusy(status, message)
            251, 252, 254, 255 -> Storage(status, message)
            408, 409 -> Invitation(status, message)
            3 -> NewerVersion(status, message)
            550, 551 -> Absent(status, message)
            100, 101, 102, 103, 405, 406, 407, 414, 415, 450, 451, 452, 455 -> Untrusted(status, message)
            in 300..399, 453, 454 -> Network(status, message)
            else -> Other(status, message)
        }
    }
}
