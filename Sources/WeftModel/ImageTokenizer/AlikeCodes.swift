// Which codes look alike.

import Synchronization

/// The codes of a codebook that lie so near to each other that nobody tells their tokens apart in a picture.
///
/// Codes are alike whose rows are nearer than four fifths of the median distance of a row to its nearest neighbour. They are
/// looked for when they are asked for, once for each code.
package final class AlikeCodes: Sendable {
    private let dim: Int
    private let rows: [Float]  // [size, dim]
    private let reach: Float  // squared
    private let found = Mutex<[Int: [Int]]>([:])

    private static let share: Float = 0.8
    private static let sampled = 32  // rows that stand for all of them in the median

    /// Measures a codebook `[size, dim]` of finite rows.
    package init(rows: [Float], dim: Int) {
        self.rows = rows
        self.dim = dim
        let size = rows.count / dim
        let step = max(1, size / AlikeCodes.sampled)
        let nearest = stride(from: 0, to: size, by: step).map { code in
            // Rows that are equal are one row that stands there twice.
            AlikeCodes.distances(rows, dim, to: code).lazy.filter { $0 > 0 }.min() ?? 0
        }
        let median = nearest.sorted()[nearest.count / 2]
        reach = median * AlikeCodes.share * AlikeCodes.share
    }

    /// The other codes that look like a code of the codebook, in order.
    package func of(_ code: Int) -> [Int] {
        if let known = found.withLock({ $0[code] }) { return known }
        let distances = AlikeCodes.distances(rows, dim, to: code)
        let alike = distances.indices.filter { $0 != code && distances[$0] < reach }
        found.withLock { $0[code] = alike }
        return alike
    }

    /// The squared distances of all rows to one of them.
    private static func distances(_ rows: [Float], _ dim: Int, to code: Int) -> [Float] {
        let size = rows.count / dim
        return [Float](unsafeUninitializedCapacity: size) { distances, count in
            rows.withUnsafeBufferPointer { rows in
                let raw = UnsafeRawBufferPointer(rows)
                let (from, wide) = (code * dim, dim & ~7)
                for row in 0..<size {
                    let to = row * dim
                    var lanes = SIMD8<Float>.zero
                    for d in stride(from: 0, to: wide, by: 8) {
                        let off =
                            raw.loadUnaligned(fromByteOffset: 4 * (to + d), as: SIMD8<Float>.self)
                            - raw.loadUnaligned(fromByteOffset: 4 * (from + d), as: SIMD8<Float>.self)
                        lanes += off * off
                    }
                    var sum = lanes.sum()
                    for d in wide..<dim { sum += (rows[to + d] - rows[from + d]) * (rows[to + d] - rows[from + d]) }
                    distances.initializeElement(at: row, to: sum)
                }
            }
            count = size
        }
    }
}
