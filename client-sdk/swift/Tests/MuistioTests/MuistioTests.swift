import Foundation
import XCTest

@testable import Muistio

final class MuistioTests: XCTestCase {
    private var folder = FileManager.default.temporaryDirectory.appendingPathComponent("muistio-" + UUID().uuidString)

    override func tearDown() async throws {
        try? FileManager.default.removeItem(at: folder)
    }

    func testANoteIsKeptAndFollowed() async throws {
        let muistio = try await Muistio.open(OpenOptions(home: folder))
        try await muistio.initialise(name: "Anna 🐘")
        let club = try await muistio.createClub("Verkkokauppiasklubi")
        let note = try await muistio.addNote(club: club, title: "Muistio", text: "nolla \0 ja 🐘")
        let shown = try await muistio.show(note: note)
        XCTAssertEqual(shown.text, "nolla \0 ja 🐘")
        try await muistio.edit(note: note, text: shown.text + "!", base: shown.version)
        for try await notes in muistio.observeNotes(club: club) {
            XCTAssertEqual(notes.map(\.title), ["Muistio"])
            break
        }
        await muistio.close()
    }

    func testAFailureIsThrown() async throws {
        let muistio = try await Muistio.open(OpenOptions(home: folder))
        do {
            _ = try await muistio.show(note: ID(String(repeating: "0", count: 32))!)
            XCTFail("a note that is not there was shown")
        } catch let error as MuistioError {
            XCTAssertEqual(error.name, "not_found")
        }
        await muistio.close()
    }
}
