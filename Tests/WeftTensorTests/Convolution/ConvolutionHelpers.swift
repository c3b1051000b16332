// What the tests of the picture operations share.

import Testing

/// Uniform values in [-1, 1), the same for the same seed (SplitMix64).
func noise(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15
    return (0..<count).map { _ in
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return Float((z ^ (z >> 31)) >> 40) / Float(1 << 23) - 1
    }
}

extension [Float] {
    /// Whether all values differ by at most 1e-5 of the largest one.
    func isClose(to other: [Float], tolerance: Float = 1e-5) -> Bool {
        let largest = other.map(abs).max() ?? 0
        return count == other.count && zip(self, other).allSatisfy { abs($0 - $1) <= tolerance * Swift.max(largest, 1) }
    }
}

/// Memory aligned to 64 bytes between two runs of marks, to notice what writes outside of it.
final class Guarded {
    private static let mark: Float = -12345.5
    private static let margin = 64
    private let memory: UnsafeMutablePointer<Float>
    private let count: Int
    var pointer: UnsafeMutablePointer<Float> { memory + Guarded.margin }

    init(count: Int) {
        self.count = count
        let capacity = count + 2 * Guarded.margin
        memory = UnsafeMutableRawPointer.allocate(byteCount: capacity * 4, alignment: 64)
            .initializeMemory(as: Float.self, repeating: Guarded.mark, count: capacity)
    }

    deinit { UnsafeMutableRawPointer(memory).deallocate() }

    var values: [Float] { Array(UnsafeBufferPointer(start: pointer, count: count)) }

    var isIntact: Bool {
        (0..<Guarded.margin).allSatisfy {
            memory[$0] == Guarded.mark && memory[Guarded.margin + count + $0] == Guarded.mark
        }
    }
}
