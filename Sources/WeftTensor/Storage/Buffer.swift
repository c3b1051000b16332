// Memory for activations, made once and used for many steps.

import Foundation

/// A float buffer of fixed size: zeroed, aligned to 64 bytes, freed with its last reference.
///
/// Not `Sendable`: its contents change, so it belongs to one generation.
package final class Buffer {
    /// How many floats it holds.
    package let count: Int
    /// Its first element.
    package let pointer: UnsafeMutablePointer<Float>

    private let pageBytes: Int  // 0 if it is no mapping of its own

    /// From how many bytes on memory is taken as pages, which the system zeroes as they are touched.
    private static let largeCount = 4 << 20

    /// Takes zeroed memory for `count` floats.
    ///
    /// - Parameter count: at least 0; the whole lines of 64 bytes that hold it are taken.
    package init(count: Int) {
        precondition(count >= 0, "a buffer cannot have \(count) elements")
        let capacity = max(16, (count + 15) / 16 * 16)
        self.count = count
        if capacity * 4 >= Self.largeCount, let pages = UnsafeMutableRawPointer.mapZeroed(byteCount: capacity * 4) {
            pageBytes = capacity * 4
            pointer = pages.bindMemory(to: Float.self, capacity: capacity)
        } else {
            pageBytes = 0
            let bytes = UnsafeMutableRawPointer.allocateLarge(byteCount: capacity * 4)
            pointer = bytes.bindMemory(to: Float.self, capacity: capacity)
            pointer.initialize(repeating: 0, count: capacity)
        }
    }

    deinit {
        if pageBytes > 0 { munmap(pointer, pageBytes) } else { UnsafeMutableRawPointer(pointer).deallocate() }
    }
}
