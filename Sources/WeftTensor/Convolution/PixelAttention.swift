// Attention of every pixel to every pixel.

import CKernels

/// Single-head attention over the pixels of a picture, `softmax(q kᵀ / sqrt(channels)) v`, as VQGAN uses it at its lowest
/// resolution.
package struct PixelAttention: Sendable {
    /// Queries of one piece of work: 48, or fewer where their scores would take more than 1 MiB or so.
    private static func tile(pixels: Int) -> Int { min(48, max(4, (1 << 18) / pixels)) }
    /// Pieces that have scores in the scratch at the same time.
    private static let tilesAtOnce = 24

    /// Channels of queries, keys and values.
    package let channels: Int
    private let kernels = Kernels.best

    /// - Parameter channels: channels of queries, keys and values
    package init(channels: Int) { self.channels = channels }

    /// How many floats of scratch ``apply(query:key:value:pixels:to:scratch:pool:)`` needs.
    package static func scratchCount(channels: Int, pixels: Int) -> Int {
        padded(pixels) * channels + padded(channels) * pixels + min(pixels, tile(pixels: pixels) * tilesAtOnce) * pixels
    }

    private static func padded(_ count: Int) -> Int { (count + panelSize - 1) / panelSize * panelSize }

    /// Computes the attention in tiles of queries.
    ///
    /// - Parameters:
    ///   - query: `[pixels, channels]`
    ///   - key: `[pixels, channels]`
    ///   - value: `[pixels, channels]`
    ///   - y: `[pixels, channels]`, must not overlap the others
    ///   - scratch: at least ``scratchCount(channels:pixels:)`` floats, aligned to 64 bytes
    ///   - pool: the threads that share the work
    package func apply(
        query: UnsafePointer<Float>, key: UnsafePointer<Float>, value: UnsafePointer<Float>, pixels: Int,
        to y: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        let (channels, tile) = (channels, PixelAttention.tile(pixels: pixels))
        let keys = scratch
        let values = keys + PixelAttention.padded(pixels) * channels
        let allScores = values + PixelAttention.padded(channels) * pixels
        pack(keys: key, pixels: pixels, to: keys, pool)
        pack(values: value, pixels: pixels, to: values, pool)
        let keyMatrix = weft_matrix(dtype: weft_f32, outputs: pixels, inputs: channels, packed: keys)
        let valueMatrix = weft_matrix(dtype: weft_f32, outputs: channels, inputs: pixels, packed: values)
        let scale = 1 / Float(channels).squareRoot()
        for first in stride(from: 0, to: pixels, by: tile * PixelAttention.tilesAtOnce) {
            let count = min(tile * PixelAttention.tilesAtOnce, pixels - first)
            pool.run((count + tile - 1) / tile) { index in
                let start = first + index * tile
                let rows = min(tile, pixels - start)
                let scores = allScores + index * tile * pixels  // [rows, pixels]
                multiply(keyMatrix, query + start * channels, rows: rows, to: scores)
                for row in 0..<rows { softmax(scores + row * pixels, count: pixels, scale: scale) }
                multiply(valueMatrix, scores, rows: rows, to: y + start * channels)
            }
        }
    }

    private func multiply(
        _ matrix: weft_matrix, _ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>
    ) {
        withUnsafePointer(to: matrix) {
            weft_linear(
                kernels.table, $0, nil, x, matrix.inputs, rows, y, matrix.outputs, 0,
                PixelAttention.padded(matrix.outputs) / panelSize)
        }
    }

    /// Packs the keys as weights `[pixels, channels]`.
    private func pack(
        keys: UnsafePointer<Float>, pixels: Int, to packed: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) {
        let piece = 4 * panelSize
        pool.run((pixels + piece - 1) / piece) { index in
            let start = index * piece * channels
            weft_pack(weft_f32, keys + start, min(piece, pixels - index * piece), channels, packed + start)
        }
    }

    /// Packs the values as weights `[channels, pixels]`: each panel holds its channels of every pixel, one pixel after
    /// the other, just as the values lie already.
    private func pack(
        values: UnsafePointer<Float>, pixels: Int, to packed: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) {
        pool.run(PixelAttention.padded(channels) / panelSize) { panel in
            let lanes = min(panelSize, channels - panel * panelSize)
            for pixel in 0..<pixels {
                let target = packed + (panel * pixels + pixel) * panelSize
                target.update(from: values + pixel * channels + panel * panelSize, count: lanes)
                (target + lanes).update(repeating: 0, count: panelSize - lanes)
            }
        }
    }

    /// `exp(scale * (score - largest))`, divided by their sum.
    private func softmax(_ scores: UnsafeMutablePointer<Float>, count: Int, scale: Float) {
        var largest = scores[0]
        for i in 0..<count where scores[i] > largest { largest = scores[i] }
        for i in 0..<count { scores[i] = PixelMath.exponential((scores[i] - largest) * scale) }
        let inverse = 1 / PixelMath.sum(count) { scores[$0] }
        for i in 0..<count { scores[i] *= inverse }
    }
}
