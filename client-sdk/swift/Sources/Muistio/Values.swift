// What a home shows: plain values, `Sendable`, equal when they show the same.
import CMuistio
import Foundation

/// The id of a club, a note, a piece of material, a device or an invitation.
public struct ID: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]
    init(_ raw: muistio_id) { bytes = withUnsafeBytes(of: raw.bytes) { Array($0) } }
    /// 32 hexadecimal digits; nil for anything else.
    public init?(_ hex: String) {
        let digits = Array(hex.utf8)
        guard digits.count == 32 else { return nil }
        var made: [UInt8] = []
        for index in stride(from: 0, to: 32, by: 2) {
            guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else { return nil }
            made.append(byte)
        }
        bytes = made
    }
    var raw: muistio_id {
        var id = muistio_id()
        withUnsafeMutableBytes(of: &id) { $0.copyBytes(from: bytes) }
        return id
    }
    public var description: String { bytes.map { String(format: "%02x", $0) }.joined() }
}

public struct MemberID: Hashable, Sendable, CustomStringConvertible {
    let bytes: [UInt8]
    init(_ raw: muistio_member_id) { bytes = withUnsafeBytes(of: raw.bytes) { Array($0) } }
    public var description: String { bytes.map { String(format: "%02x", $0) }.joined() }
}

public enum Standing: Int32, Sendable { case joining = 0, open, left, removed, succeeded }
public enum History: Int32, Sendable { case all = 0, joining, season }
public enum Kind: Int32, Sendable { case personal = 0, club, session, desk }
/// What a member may do; compare for equality only.
public enum Role: Int32, Sendable { case guest = 1, member, facilitator, host }

private func date(_ milliseconds: Int64) -> Date { Date(timeIntervalSince1970: Double(milliseconds) / 1000) }
private func string(_ bytes: UnsafePointer<CChar>) -> String { String(cString: bytes) }

public struct Club: Equatable, Sendable, Identifiable {
    public let id: ID
    public let kind: Kind
    public let name, author: String
    public let made: Date
    public let standing: Standing
    /// nil while joining.
    public let history: History?
    public let ownRole: Role?
    public let members, unsent: UInt64
    public let trusted, readOnly, unverified, needsRejoin, personal: Bool
    /// Not trusted: a plain sentence.
    public let why: String

    init(_ raw: muistio_club) {
        id = ID(raw.id)
        kind = Kind(rawValue: raw.kind) ?? .club
        name = string(raw.name)
        author = string(raw.author)
        made = date(raw.at_ms)
        standing = Standing(rawValue: raw.standing) ?? .open
        history = History(rawValue: raw.history)
        ownRole = Role(rawValue: raw.own_role)
        members = raw.members
        unsent = raw.unsent
        trusted = raw.trusted
        readOnly = raw.read_only
        unverified = raw.unverified
        needsRejoin = raw.needs_rejoin
        personal = raw.personal
        why = string(raw.why_message)
    }
}

public struct Note: Equatable, Sendable, Identifiable {
    public let id, club: ID
    public let title, author: String
    public let authorID: MemberID
    public let made, changed: Date
    public let bytes: UInt64
    public let isPrivate: Bool
    public let handedInBy: String

    init(_ raw: muistio_note) {
        id = ID(raw.id)
        club = ID(raw.club)
        title = string(raw.title)
        author = string(raw.author)
        authorID = MemberID(raw.author_id)
        made = date(raw.at_ms)
        changed = date(raw.changed_ms)
        bytes = raw.bytes
        isPrivate = raw.is_private
        handedInBy = string(raw.handed_in_by)
    }
}

public struct NoteText: Equatable, Sendable {
    public let note: Note
    public let text: String
    /// For `edit`.
    public let version: String

    init(_ raw: muistio_note_text) {
        note = Note(raw.note.pointee)
        text = String(decoding: UnsafeRawBufferPointer(start: raw.text, count: raw.text_bytes), as: UTF8.self)
        version = String(cString: raw.version)
    }
}

public struct Material: Equatable, Sendable, Identifiable {
    public let id, club: ID
    public let title, author, mediaType: String
    public let authorID: MemberID
    public let made: Date
    public let bytes: UInt64
    /// Its bytes are on this device.
    public let present: Bool
    public let uploaded: Bool

    init(_ raw: muistio_material) {
        id = ID(raw.id)
        club = ID(raw.club)
        title = string(raw.title)
        author = string(raw.author)
        mediaType = string(raw.media_type)
        authorID = MemberID(raw.author_id)
        made = date(raw.at_ms)
        bytes = raw.bytes
        present = raw.present
        uploaded = raw.uploaded
    }
}

public struct Member: Equatable, Sendable, Identifiable {
    public let id: MemberID
    public let name: String
    public let role: Role?
    public let devices: UInt64
    public let isSelf: Bool
    public let again: MemberID?

    init(_ raw: muistio_member) {
        id = MemberID(raw.id)
        name = string(raw.name)
        role = Role(rawValue: raw.role)
        devices = raw.devices
        isSelf = raw.`self`
        again = raw.has_again ? MemberID(raw.again) : nil
    }
}

public struct Device: Equatable, Sendable, Identifiable {
    public let id: ID
    public let name, author: String
    public let isSelf: Bool

    init(_ raw: muistio_device) {
        id = ID(raw.id)
        name = string(raw.name)
        author = string(raw.author)
        isSelf = raw.`self`
    }
}

public struct Invitation: Equatable, Sendable, Identifiable {
    public let id, club: ID
    public let usesLeft: UInt32
    public let expires: Date
    public let revoked: Bool
    /// A secret between its giver and its taker.
    public let link: String

    init(_ raw: muistio_invitation) {
        id = ID(raw.id)
        club = ID(raw.club)
        usesLeft = raw.uses_left
        expires = date(raw.expires_ms)
        revoked = raw.revoked
        link = string(raw.link)
    }
}

public struct JoinRequest: Equatable, Sendable, Identifiable {
    public let id: String
    public let club: ID
    /// As they call themselves: shown, never trusted.
    public let name: String
    public let admitted: Bool

    init(_ raw: muistio_join_request) {
        id = string(raw.id)
        club = ID(raw.club)
        name = string(raw.name)
        admitted = raw.admitted
    }
}

public struct Found: Equatable, Sendable, Identifiable {
    public let id, club: ID
    public let title, snippet, author: String
    /// The words that were sought, in bytes of the UTF-8.
    public let titleMatches, snippetMatches: [Range<Int>]

    init(_ raw: muistio_found) {
        id = ID(raw.id)
        club = ID(raw.club)
        title = string(raw.title)
        snippet = string(raw.snippet)
        author = string(raw.author)
        func ranges(_ first: UnsafePointer<muistio_stretch>?, _ count: Int) -> [Range<Int>] {
            UnsafeBufferPointer(start: first, count: count).map { $0.offset..<$0.offset + $0.bytes }
        }
        titleMatches = ranges(raw.title_matches, raw.title_matches_count)
        snippetMatches = ranges(raw.snippet_matches, raw.snippet_matches_count)
    }
}

public struct Waiting: Equatable, Sendable {
    public let id, why: String
    init(_ raw: muistio_waiting) {
        id = string(raw.id)
        why = string(raw.why)
    }
}

public struct SyncProgress: Equatable, Sendable {
    public let recordsDone, recordsTotal, materialDone, materialTotal, unsent: UInt64
    init(_ raw: muistio_sync_progress) {
        recordsDone = raw.records_done
        recordsTotal = raw.records_total
        materialDone = raw.material_done
        materialTotal = raw.material_total
        unsent = raw.unsent
    }
}

public struct SyncReport: Equatable, Sendable {
    public enum End: Int32, Sendable { case done = 0, waiting, stopped }
    public let end: End
    /// Why it stopped before all was done.
    public let error: MuistioError?
    public let pushed, pulled, upBytes, downBytes: UInt64

    init(_ raw: muistio_sync_report) {
        end = End(rawValue: raw.end) ?? .waiting
        error = raw.error == MUISTIO_OK ? nil : MuistioError(status: raw.error, message: string(raw.error_message))
        pushed = raw.pushed
        pulled = raw.pulled
        upBytes = raw.up_bytes
        downBytes = raw.down_bytes
    }
}

public struct LiveState: Equatable, Sendable {
    public enum Phase: Int32, Sendable { case connecting = 0, catchingUp, inStep, waiting }
    public let phase: Phase
    public let unsent: UInt64
    public let trusted: Bool
    public let error: MuistioError?

    init(_ raw: muistio_live_state) {
        phase = Phase(rawValue: raw.phase) ?? .waiting
        unsent = raw.unsent
        trusted = raw.trusted
        error = raw.error == MUISTIO_OK ? nil : MuistioError(status: raw.error, message: string(raw.error_message))
    }
}
