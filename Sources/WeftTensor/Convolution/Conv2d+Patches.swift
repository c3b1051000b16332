// Convolution in float32: patches are gathered, then multiplied.

import CKernels

extension Conv2d {
    /// A picture of which some rows are there.
    struct Picture {
        let start: UnsafePointer<Float>  // [from firstRow on, width, inputs]
        let firstRow: Int
        let height: Int
        let width: Int
    }

    /// An upper bound of the scratch of any convolution in float32 with these sizes, known before its weights are.
    ///
    /// - Parameter pixels: how many pixels the output has
    static func patchCount(inputs: Int, kernel: Int, pixels: Int) -> Int {
        let depth = inputs * kernel * kernel
        return min(pixels, tilePixels(depth: depth)) * depth
    }

    /// How many patches of `depth` floats are gathered at a time: about 16 MiB of them, so that the product is large
    /// enough to run at full speed; a multiple of the rows of its panels.
    private static func tilePixels(depth: Int) -> Int { max(128, (1 << 22) / depth / 128 * 128) }

    /// Computes some rows of a convolution in float32.
    func applyPatches(
        _ weights: PackedWeights, _ picture: Picture, rows: Range<Int>, to y: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) {
        let outputWidth = outputSize(height: picture.height, width: picture.width).width
        let pixels = rows.count * outputWidth
        if isProductOnly {
            let first = (rows.lowerBound - picture.firstRow) * picture.width * inputs
            return multiply(weights, picture.start + first, rows: pixels, to: y, pool)
        }
        let depth = inputs * kernel * kernel
        let tile = Conv2d.tilePixels(depth: depth)
        let piece = max(1, (1 << 16) / depth)
        for first in Swift.stride(from: 0, to: pixels, by: tile) {
            let count = min(tile, pixels - first)
            pool.run((count + piece - 1) / piece) { index in
                for row in index * piece..<min(count, (index + 1) * piece) {
                    let (top, left) = (first + row).quotientAndRemainder(dividingBy: outputWidth)
                    gather(
                        picture, top: (rows.lowerBound + top) * stride - padding.top,
                        left: left * stride - padding.left, to: scratch + row * depth)
                }
            }
            multiply(weights, scratch, rows: count, to: y + first * outputs, pool)
        }
    }

    /// `x`: `[rows, inputs * kernel * kernel]`
    private func multiply(
        _ weights: PackedWeights, _ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>,
        _ pool: ThreadPool
    ) {
        guard rows > 0, outputs > 0 else { return }
        let work = PackedProduct(weights: weights, x: x, rows: rows, y: y)
        pool.run(work.pieces, work)
    }

    /// Copies the patch whose corner is at (`top`, `left`) of the enlarged picture, zeros where it sticks out.
    private func gather(_ x: Picture, top: Int, left: Int, to patch: UnsafeMutablePointer<Float>) {
        let line = kernel * inputs
        let (height, width) = (x.height * upsampling, x.width * upsampling)
        let before = min(kernel, max(0, -left))  // taps left of the picture
        let end = max(before, min(kernel, width - left))
        for row in 0..<kernel {
            let target = patch + row * line  // [kernel, inputs]
            guard top + row >= 0 && top + row < height else {
                target.update(repeating: 0, count: line)
                continue
            }
            target.update(repeating: 0, count: before * inputs)
            (target + end * inputs).update(repeating: 0, count: (kernel - end) * inputs)
            let source = x.start + ((top + row) / upsampling - x.firstRow) * x.width * inputs
            if upsampling == 1 {
                let first = source + (left + before) * inputs
                (target + before * inputs).update(from: first, count: (end - before) * inputs)
            } else {
                for tap in before..<end {
                    (target + tap * inputs).update(from: source + (left + tap) / upsampling * inputs, count: inputs)
                }
            }
        }
    }
}
