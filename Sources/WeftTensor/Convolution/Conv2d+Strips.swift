// Convolution in bfloat16: strips of the picture are rounded, then multiplied where they lie.

import CKernels

extension Conv2d {
    /// What becomes of a picture's values before they are rounded: `activation(x * scale + shift)`.
    package struct Change {
        let factors: GroupNorm.Factors?
        let activation: PixelActivation

        /// What the norm of a whole picture does.
        package init(_ factors: GroupNorm.Factors, activation: PixelActivation) {
            self.factors = factors
            self.activation = activation
        }

        private init() {
            factors = nil
            activation = .none
        }

        /// Nothing.
        package static var none: Change { Change() }
    }

    /// Computes some rows of a convolution in bfloat16, with the bits that they have in the whole.
    ///
    /// - Parameters:
    ///   - x: rows of the picture from `firstRow` on, all that ``inputRows(_:height:)`` tells, `[..., width, inputs]`
    ///   - firstRow: which row of the picture `x` begins with
    ///   - height: the picture's height
    ///   - width: the picture's width
    ///   - rows: which rows of the output are wanted
    ///   - change: what is done to the picture before
    ///   - adding: whether the result is added to what `y` holds
    ///   - y: `[rows.count, outputWidth, outputs]`, must not overlap `x`
    ///   - scratch: at least ``scratchCount(height:width:)`` floats
    ///   - pool: the threads that share the work
    package func apply(
        _ x: UnsafePointer<Float>, firstRow: Int = 0, height: Int, width: Int, rows: Range<Int>, change: Change,
        adding: Bool, to y: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, pool: ThreadPool
    ) {
        let picture = Picture(start: x, firstRow: firstRow, height: height, width: width)
        switch weights {
        case .packed: preconditionFailure("a convolution in float32")
        case .strips(let weights):
            applyStrips(weights, picture, rows: rows, change: change, adding: adding, to: y, scratch: scratch, pool)
        case .tiles(let weights):
            applyTiles(weights, picture, rows: rows, change: change, adding: adding, to: y, scratch: scratch, pool)
        }
    }

    private func applyStrips(
        _ weights: StripWeights, _ picture: Picture, rows: Range<Int>, change: Change, adding: Bool,
        to y: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) {
        let (height, width) = (picture.height, picture.width)
        let shape = StripShape(self, width: width)
        let outputWidth = shape.outputSize(height: height).width
        let strip = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
        for first in Swift.stride(from: rows.lowerBound, to: rows.upperBound, by: shape.rows) {
            let count = min(shape.rows, rows.upperBound - first)
            pool.run(shape.lines(rows: count)) { line in
                let row = first * stride - padding.top + line
                let isInside = row >= 0 && row < height * upsampling
                StripLine(
                    channels: shape.channels, left: padding.left, right: padding.right, repeats: upsampling,
                    change: change, kernels: weights.kernels
                ).fill(
                    strip + line * shape.lineCount, with: isInside ? row / upsampling : nil, of: picture,
                    inputs: inputs)
            }
            let target = y + (first - rows.lowerBound) * outputWidth * outputs
            multiply(weights, strip, shape, rows: count, width: outputWidth, adding: adding, to: target, pool)
        }
    }

    /// Multiplies a strip, cut into rows and panels by the size of the work only.
    private func multiply(
        _ weights: StripWeights, _ strip: UnsafePointer<UInt16>, _ shape: StripShape, rows: Int, width: Int,
        adding: Bool, to y: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) {
        guard rows > 0, width > 0, outputs > 0 else { return }
        let patch = kernel * kernel * shape.channels
        let panels = weights.panelsAtATime(values: patch * panelSize)
        let panelGroups = (weights.panels + panels - 1) / panels
        // A piece should take a fraction of a millisecond.
        let height = min(rows, max(1, (1 << 26) / (width * panels * panelSize * patch)))
        let rowGroups = (rows + height - 1) / height
        var product = weft_strip_product()
        product.pixel_step = stride * shape.channels
        product.row_step = stride * shape.lineCount
        product.line_step = shape.lineCount
        product.lines = kernel
        product.run = kernel * shape.channels
        product.pixels = width
        product.weights = weights.packed
        product.outputs = outputs
        product.bias = weights.bias
        product.adds = adding ? 1 : 0
        pool.run(rowGroups * panelGroups) { [product] piece in
            let (rowGroup, panelGroup) = piece.quotientAndRemainder(dividingBy: panelGroups)
            let first = rowGroup * height
            var part = product
            part.x = strip + first * product.row_step
            part.rows = min(height, rows - first)
            part.y = y + first * width * outputs
            weft_strip_multiply(
                weights.kernels.table, &part, panelGroup * panels, min(weights.panels, (panelGroup + 1) * panels))
        }
    }
}
