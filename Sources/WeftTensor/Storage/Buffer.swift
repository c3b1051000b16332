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

    private let pages: UnsafeMutableRawBufferPointer?  // where it is no memory of the heap

    /// From how many bytes on memory is taken as pages, which the system zeroes as they are touched.
    private static let largeCount = 4 << 20

    /// Takes zeroed memory for `count` floats.
    ///
    /// - Parameter count: at least 0; the whole lines of 64 bytes that hold it are taken.
    package init(count: Int) {
        precondition(count >= 0, "a buffer cannot have \(count) elements")
        let capacity = max(16, (count + 15) / 16 * 16)
        self.count = count
        let mapped =
            capacity * 4 >= Self.largeCount ? UnsafeMutableRawBufferPointer.mapLarge(byteCount: capacity * 4) : nil
        pages = mapped?.whole
        if let mapped {
            pointer = mapped.start.bindMemory(to: Float.self, capacity: capacity)
        } else {
            let bytes = UnsafeMutableRawPointer.allocateLarge(byteCount: capacity * 4)
            pointer = bytes.bindMemory(to: Float.self, capacity: capacity)
            pointer.initialize(repeating: 0, count: capacity)
        }
    }

    deinit {
        if let pages { munmap(pages.baseAddress!, pages.count) } else { UnsafeMutableRawPointer(pointer).deallocate() }
    }
}
