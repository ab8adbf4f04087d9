import CMuistio
import Foundation

/// How a home is opened. Without passphrase and keystore the key is random, in the file `device.key` of the home.
public struct OpenOptions: Sendable {
    public var home: URL
    public var passphrase: String?
    /// Gives the 32 bytes of the key, from the keychain; called once, on the thread that opens.
    public var keystore: (@Sendable () throws -> Data)?
    public var create = true
    /// How long to wait for another process (the app, its extension) to let go of the home.
    public var busyTimeout: Duration = .seconds(3)

    public init(home: URL) { self.home = home }

    /// The home in the container of an App Group, where an app and its extensions both reach it.
    public init?(appGroup: String, name: String = "muistio") {
        guard let container = FileManager.default.containerURL(forSecurityApplicationGroupIdentifier: appGroup) else { return nil }
        self.init(home: container.appendingPathComponent(name, isDirectory: true))
    }
}

/// One open home. Everything works with no network, at once; only `sync` and `live` use the network.
///
/// Any thread and any actor may call it. The work is done on the client's own thread, in the order of the calls; when a function
/// returns, what it wrote is durable. A task that is cancelled while it waits cancels its call.
///
/// One process at a time has a home open: an app closes it when it goes to the background, so that its extension can open it.
public final class Muistio: Sendable {
    private let client: Handle

    /// The version of the C library.
    public static var version: String { String(cString: muistio_version()) }
    /// Handles given out and not released: for tests that look for leaks.
    public static var liveHandles: Int { Int(muistio_live_handles()) }

    /// Opens a home, off the calling task's thread: it blocks for the disk, and with a passphrase for long.
    public static func open(_ options: OpenOptions) async throws -> Muistio {
        try await Task.detached { Muistio(client: try openNow(options)) }.value
    }

    private init(client: Handle) { self.client = client }

    /// Closes, if `close` was not called.
    deinit {
        let handle = client
        Task.detached { muistio_client_close(handle.raw) }
    }

    /// Ends a running sync, finishes the calls made before, and lets go of the home. Streams end when they are let go.
    public func close() async {
        let handle = client
        await Task.detached { _ = muistio_client_close(handle.raw) }.value
    }

    private final class Keystore {
        let give: () throws -> Data
        var thrown: Error?
        init(_ give: @escaping () throws -> Data) { self.give = give }
    }

    private static func openNow(_ options: OpenOptions) throws -> Handle {
        var raw = muistio_open_options()
        raw.size = MemoryLayout<muistio_open_options>.size
        raw.create = options.create
        raw.busy_timeout_ms = UInt32(options.busyTimeout.components.seconds * 1000)
        let keystore = options.keystore.map { Keystore($0) }
        if let keystore {
            raw.keystore_user = Unmanaged.passUnretained(keystore).toOpaque()
            raw.keystore = { user, key in
                let asked = Unmanaged<Keystore>.fromOpaque(user!).takeUnretainedValue()
                do {
                    let bytes = try asked.give()
                    guard bytes.count == 32 else { return muistio_status(MUISTIO_E_WRONG_KEY) }
                    bytes.copyBytes(to: key, count: 32)
                    return muistio_status(MUISTIO_OK)
                } catch {
                    asked.thrown = error
                    return muistio_status(MUISTIO_E_WRONG_KEY)
                }
            }
        }
        var client: OpaquePointer?
        var failure: OpaquePointer?
        defer { muistio_answer_release(failure) }
        let status = options.home.path.withCString { home in
            raw.home = home
            guard let passphrase = options.passphrase else { return muistio_client_open(&raw, &client, &failure) }
            return passphrase.withCString { secret in
                raw.passphrase = secret
                return muistio_client_open(&raw, &client, &failure)
            }
        }
        withExtendedLifetime(keystore) {}
        if let thrown = keystore?.thrown { throw thrown }
        guard status == MUISTIO_OK, let client else {
            throw failure.map { MuistioError(status: status, answer: $0) } ?? MuistioError(status: status)
        }
        return Handle(raw: client)
    }

    // The home.

    /// `server` is wss://HOST[:PORT], or empty; `authorities` in PEM, empty for those of the system.
    public func initialise(name: String, server: String = "", authorities: String = "") async throws {
        try await call({ _ in }) { muistio_home_init(client.raw, name, server, authorities, $0, $1, $2) }
    }
    public func waiting() async throws -> [Waiting] {
        try await call({ try $0.all(muistio_answer_waiting, Waiting.init) }) { muistio_home_waiting(client.raw, $0, $1, $2) }
    }
    public func backup(to folder: URL) async throws {
        try await call({ _ in }) { muistio_home_backup(client.raw, folder.path, $0, $1, $2) }
    }
    public func devices() async throws -> [Device] {
        try await call({ try $0.all(muistio_answer_device, Device.init) }) { muistio_device_list(client.raw, $0, $1, $2) }
    }
    public func linkDevice(shownInPerson: Bool) async throws -> String {
        try await call({ try $0.text() }) { muistio_device_link(client.raw, shownInPerson, $0, $1, $2) }
    }
    public func followDeviceLink(_ link: String, authorities: String = "") async throws {
        try await call({ _ in }) { muistio_device_follow_link(client.raw, link, authorities, $0, $1, $2) }
    }
    public func deviceCodes() async throws -> [String] {
        try await call({ try $0.texts() }) { muistio_device_codes(client.raw, $0, $1, $2) }
    }
    public func confirmDevice(code: String) async throws {
        try await call({ _ in }) { muistio_device_confirm(client.raw, code, $0, $1, $2) }
    }
    public func removeDevice(_ device: String) async throws {
        try await call({ _ in }) { muistio_device_remove(client.raw, device, $0, $1, $2) }
    }
    /// The 24 words of recovery: show them, never keep them.
    public func recoveryWords() async throws -> String {
        try await call({ try $0.text() }) { muistio_recovery_words(client.raw, $0, $1, $2) }
    }
    public func recover(words: String, server: String, authorities: String = "") async throws {
        try await call({ _ in }) { muistio_recovery_begin(client.raw, words, server, authorities, $0, $1, $2) }
    }
    public func forgetRecoveryWords() async throws {
        try await call({ _ in }) { muistio_recovery_forget(client.raw, $0, $1, $2) }
    }

    // Clubs and members.

    public func clubs() async throws -> [Club] {
        try await call({ try $0.all(muistio_answer_club, Club.init) }) { muistio_club_list(client.raw, $0, $1, $2) }
    }
    public func createClub(_ name: String, history: History = .joining) async throws -> ID {
        try await call({ try $0.id() }) { muistio_club_create(client.raw, name, history.rawValue, $0, $1, $2) }
    }
    public func leaveClub(_ club: ID) async throws {
        try await call({ _ in }) { muistio_club_leave(client.raw, club.raw, $0, $1, $2) }
    }
    public func exportClub(_ club: ID, to folder: URL, withPrivate: Bool) async throws {
        try await call({ _ in }) { muistio_club_export(client.raw, club.raw, folder.path, withPrivate, $0, $1, $2) }
    }
    public func invite(to club: ID, role: Role = .member, uses: UInt32 = 1, days: UInt32 = 14, asks: Bool = false) async throws -> Invitation {
        try await call({ try $0.one(muistio_answer_invitation, Invitation.init) }) { done, user, call in
            var wanted = muistio_new_invitation()
            wanted.size = MemoryLayout<muistio_new_invitation>.size
            wanted.club = club.raw
            wanted.role = role.rawValue
            wanted.uses = uses
            wanted.expires_days = days
            wanted.asks = asks
            return muistio_invitation_create(client.raw, &wanted, done, user, call)
        }
    }
    public func join(link: String, name: String = "", authorities: String = "") async throws -> ID {
        try await call({ try $0.id() }) { muistio_join(client.raw, link, name, authorities, $0, $1, $2) }
    }
    public func joinRequests(club: ID) async throws -> [JoinRequest] {
        try await call({ try $0.all(muistio_answer_join_request, JoinRequest.init) }) { muistio_join_requests(client.raw, club.raw, $0, $1, $2) }
    }
    public func admit(club: ID, request: String = "", again: String = "") async throws -> JoinRequest {
        try await call({ try $0.one(muistio_answer_join_request, JoinRequest.init) }) {
            muistio_member_admit(client.raw, club.raw, request, again, $0, $1, $2)
        }
    }
    public func members(club: ID) async throws -> [Member] {
        try await call({ try $0.all(muistio_answer_member, Member.init) }) { muistio_member_list(client.raw, club.raw, $0, $1, $2) }
    }
    public func removeMember(club: ID, member: String) async throws {
        try await call({ _ in }) { muistio_member_remove(client.raw, club.raw, member, $0, $1, $2) }
    }
    public func giveHost(club: ID, member: String) async throws {
        try await call({ _ in }) { muistio_host_give(client.raw, club.raw, member, $0, $1, $2) }
    }

    // Notes and material.

    public func addNote(club: ID, title: String, text: String, isPrivate: Bool = false) async throws -> ID {
        try await call({ try $0.id() }) { done, user, call in
            title.withCString { title in
                Self.withBytes(text) { bytes, count in
                    var note = muistio_new_note()
                    note.size = MemoryLayout<muistio_new_note>.size
                    note.club = club.raw
                    note.title = title
                    note.text = bytes
                    note.text_bytes = count
                    note.is_private = isPrivate
                    return muistio_note_add(client.raw, &note, done, user, call)
                }
            }
        }
    }
    public func notes(club: ID) async throws -> [Note] {
        try await call({ try $0.all(muistio_answer_note, Note.init) }) { muistio_note_list(client.raw, club.raw, $0, $1, $2) }
    }
    /// Also notes the version as shown: the base of the next edit.
    public func show(note: ID) async throws -> NoteText {
        try await call({ try $0.one(muistio_answer_note_text, NoteText.init) }) { muistio_note_show(client.raw, note.raw, $0, $1, $2) }
    }
    /// `text` is the whole new text; what others wrote since `base` stays.
    public func edit(note: ID, text: String, base: String) async throws {
        try await call({ _ in }) { done, user, call in
            base.withCString { base in
                Self.withBytes(text) { bytes, count in
                    var edit = muistio_note_edit()
                    edit.size = MemoryLayout<muistio_note_edit>.size
                    edit.note = note.raw
                    edit.text = bytes
                    edit.text_bytes = count
                    edit.base = base
                    return muistio_note_change(client.raw, &edit, done, user, call)
                }
            }
        }
    }
    public func append(note: ID, text: String) async throws {
        try await call({ _ in }) { done, user, call in
            Self.withBytes(text) { muistio_note_append(client.raw, note.raw, $0, $1, done, user, call) }
        }
    }
    public func delete(note: ID) async throws {
        try await call({ _ in }) { muistio_note_delete(client.raw, note.raw, $0, $1, $2) }
    }
    public func search(_ words: String) async throws -> [Found] {
        try await call({ try $0.all(muistio_answer_found, Found.init) }) { muistio_search(client.raw, words, nil, $0, $1, $2) }
    }
    public func addMaterial(club: ID, file: URL) async throws -> ID {
        try await call({ try $0.id() }) { muistio_material_add(client.raw, club.raw, file.path, $0, $1, $2) }
    }
    public func material(club: ID) async throws -> [Material] {
        try await call({ try $0.all(muistio_answer_material, Material.init) }) { muistio_material_list(client.raw, club.raw, $0, $1, $2) }
    }
    public func get(material: ID, to file: URL) async throws {
        try await call({ _ in }) { muistio_material_get(client.raw, material.raw, file.path, $0, $1, $2) }
    }

    private static func withBytes<Value>(_ text: String, _ body: (UnsafePointer<CChar>, Int) -> Value) -> Value {
        var bytes = text.utf8.map { CChar(bitPattern: $0) }
        let count = bytes.count
        bytes.append(0)
        return bytes.withUnsafeBufferPointer { body($0.baseAddress!, count) }
    }

    // Sync.

    /// Without attachments it is what a push extension has the time and memory for.
    public func sync(material: Bool = true, progress: (@Sendable (SyncProgress) -> Void)? = nil) async throws -> SyncReport {
        let tell: (@Sendable (Answer) -> Void)? = progress.map { told in
            { answer in if let value = try? answer.one(muistio_answer_sync_progress, SyncProgress.init) { told(value) } }
        }
        return try await call(progress: tell, { try $0.one(muistio_answer_sync_report, SyncReport.init) }) { done, user, call in
            var options = muistio_sync_options()
            options.size = MemoryLayout<muistio_sync_options>.size
            options.without_material = !material
            return muistio_sync(client.raw, &options, Listener.changed, done, user, call)
        }
    }

    /// Stays connected while it is iterated; the values are how it stands. Iterate it once at a time.
    public func live() -> AsyncThrowingStream<LiveState, Error> {
        let client = self.client
        return AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let listener = Streaming(continuation) { try $0.one(muistio_answer_live_state, LiveState.init) }
            let user = Unmanaged<Listener>.passRetained(listener).toOpaque()
            let status = muistio_sync_start_live(client.raw, nil, Listener.changed, user, Listener.letGo, nil, nil, nil)
            guard status == MUISTIO_OK else {
                Unmanaged<Listener>.fromOpaque(user).release()
                return continuation.finish(throwing: MuistioError(status: status))
            }
            continuation.onTermination = { _ in _ = muistio_sync_stop_live(client.raw, nil, nil, nil) }
        }
    }

    // Observed queries: the answer soon, and again whenever it is another one.

    public func observeClubs() -> AsyncThrowingStream<[Club], Error> {
        observe({ try $0.all(muistio_answer_club, Club.init) }) { muistio_observe_clubs($0, $1, $2, $3, $4) }
    }
    public func observeNotes(club: ID) -> AsyncThrowingStream<[Note], Error> {
        observe({ try $0.all(muistio_answer_note, Note.init) }) { muistio_observe_notes($0, club.raw, $1, $2, $3, $4) }
    }
    /// nil if the note is not there (any more). Does not count as showing it.
    public func observe(note: ID) -> AsyncThrowingStream<NoteText?, Error> {
        observe({ try $0.all(muistio_answer_note_text, NoteText.init).first }) { muistio_observe_note($0, note.raw, $1, $2, $3, $4) }
    }
    public func observeMaterial(club: ID) -> AsyncThrowingStream<[Material], Error> {
        observe({ try $0.all(muistio_answer_material, Material.init) }) { muistio_observe_material($0, club.raw, $1, $2, $3, $4) }
    }
    public func observeMembers(club: ID) -> AsyncThrowingStream<[Member], Error> {
        observe({ try $0.all(muistio_answer_member, Member.init) }) { muistio_observe_members($0, club.raw, $1, $2, $3, $4) }
    }

    private typealias Observe = (
        OpaquePointer, @escaping muistio_changed, UnsafeMutableRawPointer?, muistio_let_go?, UnsafeMutablePointer<OpaquePointer?>
    ) -> muistio_status

    private func observe<Value: Sendable>(
        _ read: @escaping @Sendable (Answer) throws -> Value, _ begin: @escaping Observe
    ) -> AsyncThrowingStream<Value, Error> {
        let client = self.client
        return AsyncThrowingStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let user = Unmanaged<Listener>.passRetained(Streaming(continuation, read: read)).toOpaque()
            var observation: OpaquePointer?
            let status = begin(client.raw, Listener.changed, user, Listener.letGo, &observation)
            guard status == MUISTIO_OK, let observation else {
                Unmanaged<Listener>.fromOpaque(user).release()
                return continuation.finish(throwing: MuistioError(status: status))
            }
            let held = Handle(raw: observation)
            continuation.onTermination = { _ in _ = muistio_observation_release(held.raw) }
        }
    }
}
