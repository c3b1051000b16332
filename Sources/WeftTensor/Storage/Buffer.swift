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

    /// Takes zeroed memory for `count` floats.
    ///
    /// - Parameter count: at least 0; the whole lines of 64 bytes that hold it are taken.
    package init(count: Int) {
        precondition(count >= 0, "a buffer cannot have \(count) elements")
        let capacity = max(16, (count + 15) / 16 * 16)
        let bytes = UnsafeMutableRawPointer.allocateLarge(byteCount: capacity * 4)
        self.count = count
        pointer = bytes.bindMemory(to: Float.self, capacity: capacity)
        pointer.initialize(repeating: 0, count: capacity)
    }

    deinit { UnsafeMutableRawPointer(pointer).deallocate() }
}
