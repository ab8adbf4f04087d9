// A club, a note, and a view that follows it. docs/sdk.md shows this file.
import Foundation
import Muistio

@main
struct QuickStart {
    static func main() async throws {
        let home = FileManager.default.temporaryDirectory.appendingPathComponent("muistio")
        let muistio = try await Muistio.open(OpenOptions(home: home))
        try await muistio.initialise(name: "Anna Virtanen")
        let club = try await muistio.createClub("Verkkokauppiasklubi")
        _ = try await muistio.addNote(club: club, title: "Muistio", text: "# Tapaaminen\n")
        for try await notes in muistio.observeNotes(club: club) {
            for note in notes { print("\(note.title): \(note.bytes) bytes by \(note.author)") }
            break
        }
        await muistio.close()
    }
}
