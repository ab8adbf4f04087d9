// An app without pixels: the model of a club's notes as an Android ViewModel or a desktop window would hold it, and a terminal before it.
//
//     java -cp … app.muistio.example.NotesKt HOME NAME INVITATION-LINK CA.pem
//
// joins by the link, stays connected and shows the notes as they come; each line typed becomes a note; the end of the input ends it.
package app.muistio.example

import app.muistio.ClubId
import app.muistio.LiveState
import app.muistio.Muistio
import app.muistio.MuistioException
import app.muistio.Note
import app.muistio.OpenOptions
import app.muistio.Standing
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.Flow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.map
import kotlinx.coroutines.flow.stateIn
import kotlinx.coroutines.launch
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withContext
import java.io.File

/** What one screen shows. It lives in the scope of the screen: when that is cancelled, the connection and the queries end. */
class NotesModel(private val muistio: Muistio, private val club: ClubId, private val scope: CoroutineScope) {
    val notes: StateFlow<List<Note>> = muistio.observeNotes(club).stateIn(scope, SharingStarted.Eagerly, emptyList())

    /** One sentence that is always true. */
    val status: Flow<String> = muistio.live().map(::sentenceOf)

    fun write(title: String, text: String) {
        scope.launch { muistio.addNote(club, title, text) }
    }

    private fun sentenceOf(state: LiveState): String = when (state.phase) {
        LiveState.Phase.IN_STEP -> "Everything is sent."
        LiveState.Phase.WAITING -> "Kept here; ${state.unsent} to send when the network is back."
        else -> "Sending and fetching …"
    }
}

fun main(arguments: Array<String>): Unit = runBlocking {
    val (home, name, link, ca) = arguments
    val muistio = withContext(Dispatchers.IO) { Muistio.open(OpenOptions(File(home))) }
    muistio.use { run(it, name, link, File(ca).readText()) }
}

private suspend fun run(muistio: Muistio, name: String, link: String, authorities: String) = coroutineScope {
    val club = try {
        muistio.join(link, name, authorities)
    } catch (again: MuistioException.AlreadyExists) {
        muistio.clubs().first { !it.personal }.id
    }
    val screen = launch {
        val model = NotesModel(muistio, club, this)
        launch { model.status.collect { println("status: $it") } }
        launch { model.notes.collect { notes -> notes.forEach { println("note: ${it.title} by ${it.author}") } } }
        launch {
            muistio.observeClubs().collect { clubs ->
                if (clubs.any { it.id == club && it.standing == Standing.OPEN }) println("admitted")
            }
        }
        launch(Dispatchers.IO) { generateSequence(::readlnOrNull).forEach { model.write(it, "$it\n") } }.join()
        this@coroutineScope.coroutineContext[kotlinx.coroutines.Job]?.children?.forEach { it.cancel() }
    }
    screen.join()
}
