// The Kotlin package over the real native library, and over a real server.
package app.muistio

import kotlinx.coroutines.CompletableDeferred
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.async
import kotlinx.coroutines.awaitAll
import kotlinx.coroutines.cancelAndJoin
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.flow.launchIn
import kotlinx.coroutines.flow.onEach
import kotlinx.coroutines.flow.toList
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.junit.jupiter.api.AfterEach
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertNull
import org.junit.jupiter.api.Assertions.assertThrows
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import java.net.InetAddress
import java.net.ServerSocket
import java.util.Collections
import kotlin.time.Duration.Companion.seconds

class MuistioTest {
    private val folder = Folder()
    private val open = mutableListOf<Muistio>()

    private fun home(name: String) = Muistio.open(OpenOptions(folder / name)).also { open += it }

    private fun test(block: suspend kotlinx.coroutines.CoroutineScope.() -> Unit) = runBlocking { withTimeout(60.seconds, block) }

    @AfterEach
    fun `every handle was released`() {
        open.forEach { it.close() }
        // A callback may be on its way from the native side for a moment.
        repeat(200) { if (Muistio.liveHandles != 0L) Thread.sleep(10) }
        assertEquals(0, Muistio.liveHandles)
        folder.close()
    }

    @Test
    fun `notes are kept and found, with every character that Kotlin has`() = test {
        val text = "elefantti 🐘, nolla \u0000 ja ääkköset; varastokierros"
        val anna = home("anna")
        anna.init("Anna 🐘")
        val club = anna.createClub("Verkkokauppiasklubi", History.SEASON)
        val note = anna.addNote(club, "Muistio", text)
        val shown = anna.showNote(note)
        assertEquals(text, shown.text)
        assertEquals("Anna 🐘", shown.note.author)
        anna.editNote(note, text + "!", shown.version)
        anna.appendNote(note, "?")
        assertEquals("$text!?", anna.showNote(note).text)
        val clubs = anna.clubs()
        assertEquals(listOf(club to History.SEASON), clubs.map { it.id to it.history })
        assertEquals(Role.HOST, clubs.single().ownRole)
        val found = anna.search("varastokierroksella", SearchFilter(club = club)).single()
        assertEquals(note, found.id)
        val match = found.snippetMatches.single()
        val word = found.snippet.toByteArray().copyOfRange(match.offset, match.offset + match.bytes).toString(Charsets.UTF_8)
        assertEquals("varastokierros", word)
        assertEquals(emptyList<Found>(), anna.search("varastokierroksella", SearchFilter(sinceMs = Long.MAX_VALUE)))
        assertTrue(anna.members(club).single().self)
        assertEquals(24, anna.recoveryWords().split(' ').size)
        anna.setMaterialQuota(1 shl 20)
        assertEquals(1L shl 20, anna.materialQuota().limit)
        anna.setMaterialQuota(null)
        assertNull(anna.materialQuota().limit)
        assertEquals(0, anna.check().damaged.size)
    }

    @Test
    fun `errors are of the sealed class that says what an app can do`() = test {
        val anna = home("anna")
        assertThrows(MuistioException.NotFound::class.java) { runBlocking { anna.showNote(NoteId("0".repeat(32))) } }
        anna.init("Anna")
        val twice = assertThrows(MuistioException.AlreadyExists::class.java) { runBlocking { anna.init("Anna", "wss://a"); anna.init("Anna", "wss://b") } }
        assertEquals("already_exists", twice.name)
        assertTrue(twice.message!!.startsWith("already_exists: "))
        assertThrows(MuistioException.InvalidArgument::class.java) { runBlocking { anna.createClub("half \uD83D") } }
        assertThrows(MuistioException.InvalidArgument::class.java) { runBlocking { anna.createClub("cut \u0000 off") } }
        assertThrows(MuistioException.Invitation::class.java) { runBlocking { anna.join("https://example.org/") } }
        assertThrows(IllegalArgumentException::class.java) { runBlocking { anna.showNote(NoteId("xyz")) } }
        assertThrows(MuistioException.StoreBusy::class.java) { Muistio.open(OpenOptions(folder / "anna", busyTimeoutMs = 1)) }
        assertThrows(MuistioException.NotFound::class.java) { Muistio.open(OpenOptions(folder / "none", create = false)) }
        anna.close()
        anna.close()
        assertThrows(MuistioException.InvalidState::class.java) { runBlocking { anna.clubs() } }
    }

    @Test
    fun `the platform's keystore gives the key, its exceptions come through, and another key opens nothing`() = test {
        val key = ByteArray(32) { 7 }
        val options = { store: Keystore -> OpenOptions(folder / "anna", keystore = store) }
        Muistio.open(options { key }).use { it.init("Anna") }
        assertThrows(MuistioException.WrongKey::class.java) { Muistio.open(options { ByteArray(32) }) }
        assertThrows(MuistioException.WrongKey::class.java) { Muistio.open(options { ByteArray(31) }) }
        val refused = assertThrows(IllegalStateException::class.java) { Muistio.open(options { error("no fingerprint") }) }
        assertEquals("no fingerprint", refused.message)
        Muistio.open(options { key }).use { it.backup(folder / "copy") }
        Muistio.restore(OpenOptions(folder / "again", keystore = { key }), folder / "copy")
        Muistio.open(OpenOptions(folder / "again", keystore = { key })).close()
    }

    @Test
    fun `a Flow follows the notes, and ends with the collector or the client`() = test {
        val anna = home("anna")
        anna.init("Anna")
        val club = anna.createClub("Klubi")
        val seen = Collections.synchronizedList(mutableListOf<List<String>>())
        val first = anna.observeNotes(club).onEach { notes -> seen += notes.map { it.title } }.launchIn(this)
        val second = async(Dispatchers.Default) { anna.observeNotes(club).toList().last().map { it.title } }
        anna.addNote(club, "Yksi", "1")
        anna.addNote(club, "Kaksi", "2")
        while (seen.lastOrNull() != listOf("Yksi", "Kaksi")) delay(5)
        first.cancelAndJoin()
        val before = seen.size
        anna.addNote(club, "Kolme", "3")
        while (anna.observeNotes(club).first().size != 3) delay(5)
        assertEquals(before, seen.size)
        anna.close()
        assertEquals(listOf("Yksi", "Kaksi", "Kolme"), second.await())
    }

    @Test
    fun `a meeting is planned, answered, minuted, and reminded of`() = test {
        val anna = home("anna")
        anna.init("Anna")
        val club = anna.createClub("Klubi")
        val meeting = anna.addMeeting(club, "Varastokierros 🐘", "2027-02-04T18:00", "Europe/Helsinki", 90, "Kuopio", 12)
        anna.answerMeeting(meeting, Meeting.Answer.LATE)
        val planned = anna.observeMeetings(club).first { it.isNotEmpty() }.single()
        assertEquals(meeting, planned.id)
        assertEquals(listOf("Varastokierros 🐘", "2027-02-04T18:00", "Europe/Helsinki", "Kuopio"), planned.run { listOf(title, starts, zone, place) })
        assertEquals(Meeting.Answer.LATE, planned.ownAnswer)
        assertEquals("Anna", planned.organiser?.name)
        assertEquals(90 to 12L, planned.minutes to planned.places)
        val self = anna.members(club).single().id
        anna.markAttendance(meeting, self, Meeting.Attendance.PRESENT)
        anna.appendNote(anna.minutes(meeting), "Sovittiin.")
        val next = anna.nextMeeting(meeting)
        anna.handBaton(next, self)
        assertEquals(listOf(meeting, next), anna.meetings(club).map { it.id })
        val reminder = anna.reminders(0, planned.atMs).first { it.about == meeting.hex }
        assertEquals(planned.atMs, reminder.dueMs)
        assertTrue(reminder.atMs < reminder.dueMs)
        assertTrue(anna.calendar(club).startsWith("BEGIN:VCALENDAR"))
        assertEquals(emptyList<News>(), anna.catchUp(club)) // all of it is her own
        anna.markRead(club)
        assertEquals(emptyList<Newcomer>(), anna.newcomers(club))
        assertThrows(MuistioException.InvalidArgument::class.java) {
            runBlocking { anna.addMeeting(club, "Ei", "huomenna", "Europe/Helsinki") }
        }
    }

    @Test
    fun `two clients sync through a real server, and who stays connected sees notes come`() = test {
        Server(folder).use { server ->
            val kaisa = home("kaisa")
            val anna = home("anna")
            kaisa.init("Kaisa", server.url, server.authorities)
            val club = kaisa.createClub("Verkkokauppiasklubi")
            val invitation = kaisa.invite(club)
            assertEquals(SyncReport.End.DONE, kaisa.sync().end)
            assertEquals(club, anna.join(invitation.link, "Anna", server.authorities))
            assertEquals(SyncReport.End.WAITING, anna.sync().end) // for Kaisa
            var progress = 0
            kaisa.sync { ++progress }
            assertTrue(progress > 0)
            assertEquals(SyncReport.End.DONE, anna.sync().end)
            assertEquals(listOf("Anna", "Kaisa"), anna.members(club).map { it.name }.sorted())

            anna.addNote(club, "Muistio", "Annalta")
            (folder / "kuva.jpg").writeBytes(ByteArray(300_000) { it.toByte() })
            anna.addMaterial(club, folder / "kuva.jpg")
            val reached = CompletableDeferred<LiveState>()
            val alsoLive = launch {
                anna.live().collect { if (it.phase == LiveState.Phase.IN_STEP && it.unsent == 0L) reached.complete(it) }
            }
            assertNull(reached.await().error)
            val live = launch { kaisa.live().collect {} }
            assertEquals("Anna", kaisa.observeNotes(club).first { it.isNotEmpty() }.single().author)
            val photo = kaisa.observeMaterial(club).first { files -> files.any { it.present } }.single()
            assertEquals(setOf("note" to News.Section.SAID, "material" to News.Section.SHARED), kaisa.catchUp(club).map { it.kind to it.section }.toSet())
            kaisa.getMaterial(photo.id, folder / "saatu.jpg")
            assertTrue((folder / "saatu.jpg").readBytes().contentEquals((folder / "kuva.jpg").readBytes()))

            assertEquals(2, kaisa.reach(photo.id).devices)
            server.stop()
            live.cancelAndJoin()
            val waiting = kaisa.live().first { it.phase == LiveState.Phase.WAITING }
            assertTrue(waiting.error is MuistioException.Network)
            alsoLive.cancelAndJoin()
        }
    }

    @Test
    fun `a sync that hangs ends with its coroutine, and the client goes on`() = test {
        ServerSocket(0, 4, InetAddress.getLoopbackAddress()).use { deaf ->
            val anna = home("anna")
            anna.init("Anna", "wss://127.0.0.1:${deaf.localPort}")
            anna.createClub("Klubi")
            val syncing = launch { anna.sync(SyncOptions(connectMs = 60_000)) }
            delay(300)
            assertTrue(syncing.isActive)
            assertEquals(1, anna.clubs().size) // other calls are served meanwhile
            syncing.cancelAndJoin()
            // The native sync is over soon after: another may begin.
            val again = CompletableDeferred<MuistioException?>()
            withTimeout(10.seconds) {
                while (!again.isCompleted) {
                    try {
                        again.complete(anna.sync(SyncOptions(connectMs = 50)).error)
                    } catch (busy: MuistioException.InvalidState) {
                        delay(20)
                    }
                }
            }
            assertTrue(again.await() is MuistioException.Network)
        }
    }

    @Test
    fun `many coroutines ask at once, some are cancelled, and nothing is left behind`() = test {
        val anna = home("anna")
        anna.init("Anna")
        val club = anna.createClub("Klubi")
        val note = anna.addNote(club, "Muistio", "")
        val asked = List(200) { number ->
            async(Dispatchers.Default) {
                if (number % 3 == 0) anna.appendNote(note, "x") else anna.notes(club)
            }
        }
        asked.filterIndexed { number, _ -> number % 5 == 1 }.forEach { it.cancel() }
        asked.filterIndexed { number, _ -> number % 5 != 1 }.awaitAll()
        assertTrue(anna.showNote(note).text.length >= 53)
    }

    @Test
    fun `a client that was forgotten is closed after it was collected`() {
        fun forget() {
            Muistio.open(OpenOptions(folder / "anna"))
        }
        forget()
        assertEquals(1, Muistio.liveHandles)
        repeat(500) {
            if (Muistio.liveHandles == 0L) return
            System.gc()
            Thread.sleep(10)
        }
    }
}
