// How calls of the C interface become `async` functions and streams.
import CMuistio
import Foundation

/// A handle of the C interface: a number that is looked up at every use, safe on any thread.
struct Handle: @unchecked Sendable {
    let raw: OpaquePointer
}

typealias Begin = (muistio_done?, UnsafeMutableRawPointer?, UnsafeMutablePointer<OpaquePointer?>?) -> muistio_status

/// What a C callback gets as its `user`. Not generic: a C function pointer captures no type.
class Listener: @unchecked Sendable {
    func heard(_ status: muistio_status, _ answer: OpaquePointer) {}
    func gone() {}

    /// Retained until `done` comes.
    static let done: muistio_done = { user, status, answer in
        Unmanaged<Listener>.fromOpaque(user!).takeRetainedValue().heard(status, answer)
    }
    /// Borrowed: retained until `letGo`, or until `done` of the same call.
    static let changed: muistio_changed = { user, answer in
        Unmanaged<Listener>.fromOpaque(user!).takeUnretainedValue().heard(progressStatus, answer)
    }
    static let letGo: muistio_let_go = { user in
        Unmanaged<Listener>.fromOpaque(user!).takeRetainedValue().gone()
    }
}

/// To a listener: not the end yet. No status has this number.
let progressStatus: muistio_status = -1

/// A call that a task waits for.
final class Pending<Value: Sendable>: Listener {
    private let lock = NSLock()
    private let read: @Sendable (Answer) throws -> Value
    private let progress: (@Sendable (Answer) -> Void)?
    private var continuation: CheckedContinuation<Value, Error>?
    private var call: OpaquePointer?
    private var isOver = false
    private var isCancelled = false

    init(progress: (@Sendable (Answer) -> Void)?, read: @escaping @Sendable (Answer) throws -> Value) {
        self.progress = progress
        self.read = read
    }

    func begin(_ continuation: CheckedContinuation<Value, Error>, _ begin: Begin) {
        lock.lock()
        self.continuation = continuation
        lock.unlock()
        let user = Unmanaged<Listener>.passRetained(self).toOpaque()
        var begun: OpaquePointer?
        let status = begin(Listener.done, user, &begun)
        guard status == MUISTIO_OK else {
            Unmanaged<Listener>.fromOpaque(user).release()
            continuation.resume(throwing: MuistioError(status: status))
            return
        }
        lock.lock()
        call = begun
        let over = isOver, cancelled = isCancelled
        lock.unlock()
        if over {
            muistio_call_release(begun)
        } else if cancelled, let begun {
            muistio_call_cancel(begun)
        }
    }

    func cancel() {
        lock.lock()
        isCancelled = true
        let begun = isOver ? nil : call
        lock.unlock()
        if let begun { muistio_call_cancel(begun) }
    }

    override func heard(_ status: muistio_status, _ answer: OpaquePointer) {
        if status == progressStatus {
            progress?(Answer(raw: answer))
            return
        }
        lock.lock()
        isOver = true
        let begun = call
        let waiting = continuation
        continuation = nil
        lock.unlock()
        if let begun { muistio_call_release(begun) }
        guard status == MUISTIO_OK else {
            let error: Error = status == MUISTIO_E_CANCELLED ? CancellationError() : MuistioError(status: status, answer: answer)
            waiting?.resume(throwing: error)
            return
        }
        waiting?.resume(with: Result { try read(Answer(raw: answer)) })
    }
}

/// Hands what an observation tells to a stream.
final class Streaming<Value: Sendable>: Listener {
    private let continuation: AsyncThrowingStream<Value, Error>.Continuation
    private let read: @Sendable (Answer) throws -> Value

    init(_ continuation: AsyncThrowingStream<Value, Error>.Continuation, read: @escaping @Sendable (Answer) throws -> Value) {
        self.continuation = continuation
        self.read = read
    }
    override func heard(_ status: muistio_status, _ answer: OpaquePointer) {
        do { continuation.yield(try read(Answer(raw: answer))) } catch { continuation.finish(throwing: error) }
    }
    override func gone() { continuation.finish() }
}

func call<Value: Sendable>(
    progress: (@Sendable (Answer) -> Void)? = nil, _ read: @escaping @Sendable (Answer) throws -> Value, _ begin: Begin
) async throws -> Value {
    let pending = Pending(progress: progress, read: read)
    return try await withTaskCancellationHandler {
        try await withCheckedThrowingContinuation { pending.begin($0, begin) }
    } onCancel: {
        pending.cancel()
    }
}

/// An answer while a callback runs. Records are read by the C function of their kind and copied at once.
struct Answer {
    let raw: OpaquePointer

    func all<Record, Value>(
        _ reader: (OpaquePointer, Int, UnsafeMutablePointer<UnsafePointer<Record>?>) -> muistio_status, _ copy: (Record) -> Value
    ) throws -> [Value] {
        var count = 0
        _ = muistio_answer_count(raw, &count)
        return try (0..<count).map { index in
            var record: UnsafePointer<Record>?
            let status = reader(raw, index, &record)
            guard status == MUISTIO_OK, let record else { throw MuistioError(status: status) }
            return copy(record.pointee)
        }
    }
    func one<Record, Value>(
        _ reader: (OpaquePointer, Int, UnsafeMutablePointer<UnsafePointer<Record>?>) -> muistio_status, _ copy: (Record) -> Value
    ) throws -> Value {
        guard let value = try all(reader, copy).first else { throw MuistioError(status: muistio_status(MUISTIO_E_NOT_FOUND)) }
        return value
    }
    func id() throws -> ID {
        var id = muistio_id()
        let status = muistio_answer_id(raw, 0, &id)
        guard status == MUISTIO_OK else { throw MuistioError(status: status) }
        return ID(id)
    }
    func data(at index: Int = 0) throws -> Data {
        var text: UnsafePointer<CChar>?
        var bytes = 0
        let status = muistio_answer_text(raw, index, &text, &bytes)
        guard status == MUISTIO_OK, let text else { throw MuistioError(status: status) }
        return Data(bytes: text, count: bytes)
    }
    func text() throws -> String { String(decoding: try data(), as: UTF8.self) }
    func texts() throws -> [String] {
        var count = 0
        _ = muistio_answer_count(raw, &count)
        return try (0..<count).map { String(decoding: try data(at: $0), as: UTF8.self) }
    }
}

/// Why something was not done.
public struct MuistioError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One of MUISTIO_E_….
    public let status: Int32
    /// English, for a log or a developer: no note text, no names, no keys.
    public let description: String
    /// The stable name, such as "not_found".
    public var name: String { String(cString: muistio_status_name(status)) }

    init(status: muistio_status) {
        self.status = status
        description = String(cString: muistio_status_sentence(status))
    }
    init(status: muistio_status, message: String) {
        self.status = status
        description = message
    }
    init(status: muistio_status, answer: OpaquePointer) {
        var message: UnsafePointer<CChar>?
        _ = muistio_answer_message(answer, &message)
        self.status = status
        description = message.map { String(cString: $0) } ?? ""
    }
}
