// The examples, each in a JVM of its own.
package app.muistio.example

import app.muistio.Muistio
import app.muistio.OpenOptions
import app.muistio.Standing
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import org.junit.jupiter.api.Assertions.assertEquals
import org.junit.jupiter.api.Assertions.assertTrue
import org.junit.jupiter.api.Test
import org.junit.jupiter.api.Timeout
import java.io.File
import java.nio.file.Files
import java.util.concurrent.TimeUnit

@Timeout(120)
class ExampleTest {
    private val folder: File = Files.createTempDirectory("muistio-example-").toFile()

    private fun java(main: String, vararg words: String): Process {
        val command = listOf(
            System.getProperty("java.home") + "/bin/java", "-Djava.library.path=" + System.getProperty("java.library.path"), "-cp",
            System.getProperty("java.class.path"), main,
        )
        return ProcessBuilder(command + words).redirectErrorStream(true).start()
    }

    @Test
    fun `the quick start keeps a note, and says that the second time its member is there`() {
        val said = List(2) {
            val process = java("app.muistio.example.QuickStartKt", File(folder, "home").path)
            process.inputStream.bufferedReader().readText().trim()
        }
        assertEquals(listOf("Muistio: 13 bytes by Anna Virtanen", "this home has a member already"), said)
        folder.deleteRecursively()
    }

    @Test
    fun `the example app joins by a link from another JVM, shows what comes and sends what is typed`(): Unit = runBlocking {
        val data = File(folder, "server")
        val server = ProcessBuilder(
            System.getenv("MUISTIO_BIN") + "/muistiod", "serve", "--data", data.path, "--listen", "127.0.0.1:0", "--dev-tls",
        ).redirectError(ProcessBuilder.Redirect.DISCARD).start()
        val port = server.inputStream.bufferedReader().readLine().substringAfterLast(':').trim()
        val authorities = File(data, "dev-ca.pem")
        Muistio.open(OpenOptions(File(folder, "kaisa"))).use { kaisa ->
            kaisa.init("Kaisa", "wss://127.0.0.1:$port", authorities.readText())
            val club = kaisa.createClub("Verkkokauppiasklubi")
            val link = kaisa.invite(club).link
            val live = launch { kaisa.live().collect {} }
            val app = java("app.muistio.example.NotesKt", File(folder, "anna").path, "Anna", link, authorities.path)
            val typed = app.outputStream.bufferedWriter()
            typed.write("Annalta\n")
            typed.flush()
            val came = kaisa.observeNotes(club).first { it.isNotEmpty() }.single()
            assertEquals("Annalta" to "Anna", came.title to came.author)
            kaisa.addNote(club, "Kaisalta", "")
            val lines = app.inputStream.bufferedReader().lineSequence()
            assertTrue(lines.any { it == "note: Kaisalta by Kaisa" })
            typed.close()
            assertTrue(app.waitFor(30, TimeUnit.SECONDS))
            assertEquals(0, app.exitValue())
            assertEquals(Standing.OPEN, kaisa.clubs().single().standing)
            live.cancel()
        }
        server.destroyForcibly().waitFor()
        folder.deleteRecursively()
    }
}
