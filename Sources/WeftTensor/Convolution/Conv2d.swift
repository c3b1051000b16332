// Convolution of channels-last pictures.

import CKernels

/// A convolution of pictures `[height, width, inputs]` as a matrix product over patches.
///
/// The picture is taken as zero outside its edges, as far as the padding goes. In float32, patches are gathered in tiles
/// of a size that depends on the layer only, then multiplied by the weights, which are copied into panels for that. Every
/// output is one chain of fused multiply-adds that starts from the bias and takes the patch in order, on any processor.
/// In bfloat16, strips of the picture are rounded and multiplied where they lie, or in tiles with fewer products where
/// patches are of 3x3 pixels; `convolution.h` and `winograd.h` of the kernels say in which order. There, only matrix units
/// give other bits than other processors.
package struct Conv2d: Sendable {
    enum Weights: Sendable {
        /// In the dtype they are stored in, for products in float32.
        case packed(PackedWeights)
        /// In bfloat16, for products of strips.
        case strips(StripWeights)
        /// As points of 3x3 weights, for products of tiles.
        case tiles(StripWeights)
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

    let weights: Weights
    var isProductOnly: Bool { kernel == 1 && stride == 1 && upsampling == 1 && padding == .none }

    /// In what numbers pictures and weights are multiplied.
    package var arithmetic: ConvolutionArithmetic { if case .packed = weights { .float32 } else { .bfloat16 } }

    /// Lays the weights out for channels-last patches and gives the pages that they were mapped from back to the system.
    ///
    /// - Parameters:
    ///   - weight: `[outputs, inputs, kernel, kernel]`, PyTorch's layout, of any dtype
    ///   - bias: `[outputs]`
    ///   - stride: at least 1
    ///   - padding: zeros around the enlarged picture
    ///   - upsampling: at least 1; the enlarged picture is never stored
    ///   - arithmetic: in what numbers pictures and weights are multiplied
    ///   - kernels: what multiplies
    package init(
        weight: Tensor, bias: Tensor? = nil, stride: Int = 1, padding: Padding = .none, upsampling: Int = 1,
        arithmetic: ConvolutionArithmetic = .float32, kernels: Kernels = .best
    ) {
        precondition(weight.shape.count == 4 && weight.shape[2] == weight.shape[3] && stride > 0 && upsampling > 0)
        outputs = weight.shape[0]
        inputs = weight.shape[1]
        kernel = weight.shape[2]
        self.stride = stride
        self.padding = padding
        self.upsampling = upsampling
        weights =
            switch arithmetic {
            case .float32:
                .packed(
                    PackedWeights(
                        weight.convolutionMatrix(), bias: bias, kernels: kernels))
            case .bfloat16
            where outputs >= panelSize
                && TileShape.fits(
                    inputs: inputs, kernel: kernel, stride: stride, padding: padding, upsampling: upsampling):
                .tiles(StripWeights(weight, bias: bias, tilesEnlarged: upsampling, kernels: kernels))
            case .bfloat16: .strips(StripWeights(weight, bias: bias, kernels: kernels))
            }
    }

    /// Height and width of the output for a picture of that size; 0 where no patch fits.
    package func outputSize(height: Int, width: Int) -> (height: Int, width: Int) {
        StripShape(self, width: width).outputSize(height: height)
    }

    /// How many floats of scratch ``apply(_:height:width:to:scratch:pool:)`` needs for a picture of that size.
    package func scratchCount(height: Int, width: Int) -> Int {
        let size = outputSize(height: height, width: width)
        return switch weights {
        case .packed:
            isProductOnly ? 0 : Conv2d.patchCount(inputs: inputs, kernel: kernel, pixels: size.height * size.width)
        case .strips: StripShape(self, width: width).scratchCount(rows: size.height)
        case .tiles:
            TileShape(inputs: inputs, upsampling: upsampling, width: width).scratchCount(rows: size.height)
        }
    }

    /// An upper bound of the scratch of any convolution with these sizes, in any arithmetic, known before its weights are.
    ///
    /// - Parameters:
    ///   - height: of the picture
    ///   - width: of the picture
    package static func scratchBound(
        inputs: Int, kernel: Int, stride: Int = 1, padding: Padding, upsampling: Int = 1, height: Int, width: Int
    ) -> Int {
        let shape = StripShape(
            inputs: inputs, kernel: kernel, stride: stride, padding: padding, upsampling: upsampling, width: width)
        let size = shape.outputSize(height: height)
        let patches = patchCount(inputs: inputs, kernel: kernel, pixels: size.height * size.width)
        let strips = max(patches, shape.scratchCount(rows: size.height))
        guard
            TileShape.fits(inputs: inputs, kernel: kernel, stride: stride, padding: padding, upsampling: upsampling)
        else { return strips }
        let tiles = TileShape(inputs: inputs, upsampling: upsampling, width: width)
        return max(strips, tiles.scratchCount(rows: size.height))
    }

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
        switch weights {
        case .packed(let weights):
            let picture = Picture(start: x, firstRow: firstRow, height: height, width: width)
            applyPatches(weights, picture, rows: rows, to: y, scratch: scratch, pool)
        case .strips, .tiles:
            apply(
                x, firstRow: firstRow, height: height, width: width, rows: rows, change: .none, adding: false, to: y,
                scratch: scratch, pool: pool)
        }
    }

    /// The rows of a picture of that height that some rows of the output are computed from.
    package func inputRows(_ rows: Range<Int>, height: Int) -> Range<Int> {
        let first = rows.lowerBound * stride - padding.top
        let end = (rows.upperBound - 1) * stride - padding.top + kernel
        let lower = min(height, max(0, first) / upsampling)
        return lower..<max(lower, min(height, (max(0, end) + upsampling - 1) / upsampling))
    }
}
