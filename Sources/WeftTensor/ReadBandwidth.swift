// How fast this machine reads memory.

import CKernels

/// The read bandwidth beyond the caches, which bounds the steps of few rows.
package enum ReadBandwidth {
    /// Bytes that are read where nobody says how many: far more than caches hold.
    package static let usualBytes = 1 << 30

    /// Reads memory from begin to end with all threads of a pool, several times.
    ///
    /// - Parameters:
    ///   - bytes: how much memory is taken and read, at least 1 MiB; rounded down to whole MiB
    ///   - passes: how often it is read, at least 1, after a first time that does not count
    ///   - pool: the threads that share the work
    /// - Returns: bytes a second, the median of the passes
    package static func measure(bytes: Int = usualBytes, passes: Int = 9, pool: ThreadPool) -> Double {
        let piece = 1 << 20
        let pieces = bytes / piece
        precondition(pieces > 0 && passes > 0)
        let memory = UnsafeMutableRawPointer.allocateLarge(byteCount: pieces * piece)
        defer { memory.deallocate() }
        // Memory that was never written is one page of zeros for all addresses.
        pool.run(pieces, with: memory) { memory, index in
            (memory + index * piece).initializeMemory(as: UInt8.self, repeating: UInt8(index & 255), count: piece)
        }
        let sums = UnsafeMutablePointer<UInt64>.allocate(capacity: pieces)
        sums.initialize(repeating: 0, count: pieces)
        defer { sums.deallocate() }
        let seconds = (0...passes).map { _ in
            let start = ContinuousClock.now
            pool.run(pieces, with: (memory, sums)) { work, index in
                work.1[index] = weft_read(work.0 + index * piece, piece)
            }
            return (ContinuousClock.now - start) / .seconds(1)
        }
        return Double(pieces * piece) / seconds.dropFirst().sorted()[passes / 2]
    }
}
