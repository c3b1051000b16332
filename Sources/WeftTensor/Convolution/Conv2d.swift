// Convolution of channels-last pictures.

import CKernels

/// A convolution of pictures `[height, width, inputs]` as a matrix product over patches.
///
/// The picture is taken as zero outside its edges, as far as the padding goes. Patches are gathered in tiles of a size
/// that depends on the layer only, then multiplied by the weights, which are copied into panels for that. Every output is
/// one chain of fused multiply-adds that starts from the bias and takes the patch in order, on any processor.
package struct Conv2d: Sendable {
    /// How many rows and columns of zeros stand around the picture.
    package struct Padding: Sendable, Equatable {
        /// Rows above.
        package let top: Int
        /// Columns to the left.
        package let left: Int
        /// Rows below.
        package let bottom: Int
        /// Columns to the right.
        package let right: Int

        /// Padding of each edge by its own count, each at least 0.
        package init(top: Int, left: Int, bottom: Int, right: Int) {
            self.top = top
            self.left = left
            self.bottom = bottom
            self.right = right
        }

        /// No padding.
        package static let none = Padding(top: 0, left: 0, bottom: 0, right: 0)
        /// One column right and one row below: what VQGAN's encoders put before a 3x3 convolution of stride 2.
        package static let downsample = Padding(top: 0, left: 0, bottom: 1, right: 1)
        /// The padding that keeps height and width at stride 1, for odd kernels.
        package static func same(kernel: Int) -> Padding {
            Padding(top: kernel / 2, left: kernel / 2, bottom: kernel / 2, right: kernel / 2)
        }
    }

    /// Channels of the input.
    package let inputs: Int
    /// Channels of the output.
    package let outputs: Int
    /// Height and width of a patch.
    package let kernel: Int
    /// Distance of neighbouring patches.
    package let stride: Int
    /// Zeros around the (enlarged) picture.
    package let padding: Padding
    /// How many times the picture is enlarged before, by repeating pixels (nearest-neighbour); 1 leaves it as it is.
    package let upsampling: Int

    private let weights: PackedWeights
    private var isProductOnly: Bool { kernel == 1 && stride == 1 && upsampling == 1 && padding == .none }

    /// Lays the weights out for channels-last patches, in the dtype they are stored in, and gives the pages that they were
    /// mapped from back to the system.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs, kernel, kernel]`, PyTorch's layout, of any dtype
    ///   - bias: `[outputs]`
    ///   - stride: at least 1
    ///   - padding: zeros around the enlarged picture
    ///   - upsampling: at least 1; the enlarged picture is never stored
    package init(
        weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Padding = .none, upsampling: Int = 1
    ) {
        precondition(weight.shape.count == 4 && weight.shape[2] == weight.shape[3] && stride > 0 && upsampling > 0)
        outputs = weight.shape[0]
        inputs = weight.shape[1]
        kernel = weight.shape[2]
        self.stride = stride
        self.padding = padding
        self.upsampling = upsampling
        let dtype: weft_dtype =
            switch weight.dtype {
            case .float32: weft_f32
            case .bfloat16: weft_bf16
            case .float16: weft_f16
            }
        weights = PackedWeights(weight.convolutionMatrix(), as: dtype, bias: bias, kernels: .best)
    }

    /// Height and width of the output for a picture of that size; 0 where no patch fits.
    package func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
        let rows = height * upsampling + padding.top + padding.bottom - kernel
        let columns = width * upsampling + padding.left + padding.right - kernel
        return (rows < 0 ? 0 : rows / stride + 1, columns < 0 ? 0 : columns / stride + 1)
    }

    /// How many floats of scratch ``apply(_:height:width:to:scratch:pool:)`` needs for a picture of that size.
    package func scratchCount(height: Int, width: Int) -> Int {
        let size = outputSize(height: height, width: width)
        return isProductOnly ? 0 : Conv2d.patchCount(inputs: inputs, kernel: kernel, pixels: size.height * size.width)
    }

    /// An upper bound of the scratch of any convolution with these sizes, known before its weights are.
    ///
    /// - Parameter pixels: how many pixels the output has
    package static func patchCount(inputs: Int, kernel: Int, pixels: Int) -> Int {
        let depth = inputs * kernel * kernel
        return min(pixels, tilePixels(depth: depth)) * depth
    }

    /// How many patches of `depth` floats are gathered at a time: about 16 MiB of them, so that the product is large
    /// enough to run at full speed; a multiple of the rows of its panels.
    private static func tilePixels(depth: Int) -> Int { max(128, (1 << 22) / depth / 128 * 128) }

    /// Computes the convolution.
    ///
    /// - Parameters:
    ///   - x: `[height, width, inputs]`
    ///   - y: `[outputHeight, outputWidth, outputs]`, must not overlap `x`
    ///   - scratch: at least ``scratchCount(height:width:)`` floats
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, height: Int, width: Int, to y: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        let rows = 0..<outputSize(height: height, width: width).height
        apply(x, firstRow: 0, height: height, width: width, rows: rows, to: y, scratch: scratch, pool: pool)
    }

    /// Computes some rows of the convolution, with the bits that they have in the whole.
    ///
    /// - Parameters:
    ///   - x: rows of the picture from `firstRow` on, all that ``inputRows(_:height:)`` tells, `[..., width, inputs]`
    ///   - firstRow: which row of the picture `x` begins with
    ///   - height: the picture's height
    ///   - width: the picture's width
    ///   - rows: which rows of the output are wanted
    ///   - y: `[rows.count, outputWidth, outputs]`, must not overlap `x`
    ///   - scratch: at least ``scratchCount(height:width:)`` floats
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, firstRow: Int, height: Int, width: Int, rows: Range<Int>,
        to y: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        let outputWidth = outputSize(height: height, width: width).width
        let pixels = rows.count * outputWidth
        if isProductOnly {
            return multiply(x + (rows.lowerBound - firstRow) * width * inputs, rows: pixels, to: y, pool)
        }
        let depth = inputs * kernel * kernel
        let tile = Conv2d.tilePixels(depth: depth)
        let picture = Picture(start: x, firstRow: firstRow, height: height, width: width)
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
            multiply(scratch, rows: count, to: y + first * outputs, pool)
        }
    }

    /// The rows of a picture of that height that some rows of the output are computed from.
    package func inputRows(_ rows: Range<Int>, height: Int) -> Range<Int> {
        let first = rows.lowerBound * stride - padding.top
        let end = (rows.upperBound - 1) * stride - padding.top + kernel
        let lower = min(height, max(0, first) / upsampling)
        return lower..<max(lower, min(height, (max(0, end) + upsampling - 1) / upsampling))
    }

    /// `x`: `[rows, inputs * kernel * kernel]`
    private func multiply(
        _ x: UnsafePointer<Float>, rows: Int, to y: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) {
        guard rows > 0, outputs > 0 else { return }
        let work = PackedProduct(weights: weights, x: x, rows: rows, y: y)
        pool.run(work.pieces, work)
    }

    private struct Picture {
        let start: UnsafePointer<Float>  // [from firstRow on, width, inputs]
        let firstRow: Int
        let height: Int
        let width: Int
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
