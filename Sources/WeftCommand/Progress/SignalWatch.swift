// Ends a long command at a signal as it should end: nothing half-done, and the exit code that shells expect.

import Dispatch
import Foundation
import Synchronization

/// Sees SIGINT and SIGTERM from when it was made; they do not end the process any more.
final class SignalWatch {
    private final class First: Sendable {
        let number = Atomic<Int32>(0)
    }

    private let first = First()
    private var sources: [any DispatchSourceSignal] = []

    /// The first of the two that came.
    var signal: Int32? {
        let number = first.number.load(ordering: .relaxed)
        return number == 0 ? nil : number
    }

    init() {
        let first = first
        sources = [SIGINT, SIGTERM].map { number in
            Foundation.signal(number, SIG_IGN)  // sources see ignored signals too
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                _ = first.number.compareExchange(expected: 0, desired: number, ordering: .relaxed)
            }
            source.resume()
            return source
        }
    }

    deinit { for source in sources { source.cancel() } }
}
