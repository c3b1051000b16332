// Between latents and tokens.

import Foundation
import WeftTensor

/// The codebook: rows for tokens, and the nearest row's token for a latent.
struct ImageQuantizer: Sendable {
    private let kind: ImageTokenizerConfiguration.QuantizerKind
    private let size: Int
    private let dim: Int
    /// The codebook, `[size, dim]`.
    let rows: Tensor
    private let mean: [Float]  // [dim]
    private let columns: [Float]  // [dim, paddedSize], infinite beyond `size`; empty for a tokenizer that only decodes
    private var paddedSize: Int { columns.count / dim }

    /// Reads `quantize.embedding.weight`; rows of the kind `l2` are brought to unit length once, others stay where they
    /// are stored.
    init(_ configuration: ImageTokenizerConfiguration, _ tensors: TensorReader, prefix: String) throws {
        let (size, dim) = (configuration.codebookSize, configuration.codebookDim)
        var rows = try tensors.take("\(prefix)quantize.embedding.weight", shape: [size, dim])
        if configuration.quantizer.kind == .l2 {
            var values = rows.floats()
            values.withUnsafeMutableBufferPointer { values in
                for row in 0..<size { normalize(values.baseAddress! + row * dim, count: dim) }
            }
            rows.releasePages()
            rows = Tensor(name: rows.name, shape: [size, dim], floats: values)
        }
        columns = configuration.encoder == nil ? [] : ImageQuantizer.transposed(rows)
        mean = ImageQuantizer.mean(of: rows)
        kind = configuration.quantizer.kind
        self.size = size
        self.dim = dim
        self.rows = rows
    }

    private static func transposed(_ rows: Tensor) -> [Float] {
        let (size, dim) = (rows.shape[0], rows.shape[1])
        let padded = (size + 7) / 8 * 8
        var columns = [Float](repeating: .infinity, count: padded * dim)
        let values = rows.floats()
        for row in 0..<size {
            for d in 0..<dim { columns[d * padded + row] = values[row * dim + d] }
        }
        return columns
    }

    private static func mean(of rows: Tensor) -> [Float] {
        let (size, dim) = (rows.shape[0], rows.shape[1])
        var sums = [Double](repeating: 0, count: dim)
        var row = [Float](repeating: 0, count: dim)
        for index in 0..<size {
            row.withUnsafeMutableBufferPointer { rows.copyRow(index, to: $0.baseAddress!) }
            for d in 0..<dim { sums[d] += Double(row[d]) }
        }
        return sums.map { Float($0 / Double(size)) }
    }

    /// Which of the codes look alike.
    func alikeCodes() -> AlikeCodes { AlikeCodes(rows: rows.floats(), dim: dim) }

    /// Writes the rows of `tokens`, each in `0..<size`, and then the mean of all rows up to `count`, to `y`,
    /// `[count, dim]`.
    func lookUp(_ tokens: [Int], count: Int, to y: UnsafeMutablePointer<Float>) {
        for (index, token) in tokens.enumerated() { rows.copyRow(token, to: y + index * dim) }
        for index in tokens.count..<count { (y + index * dim).update(from: mean, count: dim) }
    }

    /// The tokens of `count` latents `z`, `[count, dim]`, which are changed; of equally near rows the first.
    func nearest(_ z: UnsafeMutablePointer<Float>, count: Int, pool: ThreadPool) -> [Int] {
        let piece = 16
        return [Int](unsafeUninitializedCapacity: count) { tokens, initialized in
            let tokens = tokens.baseAddress!
            columns.withUnsafeBufferPointer { columns in
                pool.run((count + piece - 1) / piece) { index in
                    for latent in index * piece..<min(count, (index + 1) * piece) {
                        let row = z + latent * dim
                        switch kind {
                        case .scalar: for d in 0..<dim { row[d] = tanhf(row[d]) }
                        case .l2: normalize(row, count: dim)
                        case .plain: break
                        }
                        (tokens + latent).initialize(to: nearestRow(row, columns.baseAddress!))
                    }
                }
            }
            initialized = count
        }
    }

    /// Eight rows at a time.
    private func nearestRow(_ z: UnsafePointer<Float>, _ columns: UnsafePointer<Float>) -> Int {
        let padded = paddedSize
        var best = NearestCode()
        for first in stride(from: 0, to: padded, by: 8) {
            var distance = SIMD8<Float>(repeating: 0)
            for d in 0..<dim {
                let values = UnsafeRawPointer(columns + d * padded + first).loadUnaligned(as: SIMD8<Float>.self)
                let difference = values - z[d]
                distance += difference * difference
            }
            best.compare(distance, first: first)
        }
        return best.nearest.token
    }
}

/// Brings a vector to unit length; one shorter than 1e-12 is divided by 1e-12, as `torch.nn.functional.normalize` does.
private func normalize(_ x: UnsafeMutablePointer<Float>, count: Int) {
    var sum: Float = 0
    for i in 0..<count { sum += x[i] * x[i] }
    let length = max(sum.squareRoot(), 1e-12)
    for i in 0..<count { x[i] /= length }
}
