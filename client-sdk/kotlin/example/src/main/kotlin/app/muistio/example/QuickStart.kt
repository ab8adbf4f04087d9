// A club, a note, and a view that follows it. docs/sdk.md shows this file; the tests run it.
package app.muistio.example

import app.muistio.Muistio
import app.muistio.MuistioException
import app.muistio.OpenOptions
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import java.io.File

fun main(arguments: Array<String>) = runBlocking {
    try {
        Muistio.open(OpenOptions(File(arguments[0]), passphrase = "kaksi sanaa")).use { muistio ->
            muistio.init("Anna Virtanen")
            val club = muistio.createClub("Verkkokauppiasklubi")
            muistio.addNote(club, "Muistio", "# Tapaaminen\n") // is on the disk when this returns; no network is needed
            val notes = muistio.observeNotes(club).first() // a Flow: collect it to follow what others write
            println(notes.joinToString { "${it.title}: ${it.bytes} bytes by ${it.author}" })
        }
    } catch (failure: MuistioException) {
        println(if (failure is MuistioException.AlreadyExists) "this home has a member already" else failure.message)
    }
}
