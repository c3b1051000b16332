// The picture while it goes through the layers.

import WeftTensor

/// Where the activations of one picture lie while it goes through the layers, and its current size.
struct Canvas {
    /// The activations, `[height, width, channels]`.
    var current: UnsafeMutablePointer<Float>
    /// Memory whose content has no meaning between layers.
    var spare: UnsafeMutablePointer<Float>
    /// More such memory.
    let other: UnsafeMutablePointer<Float>
    /// Memory of single operations.
    let scratch: UnsafeMutablePointer<Float>
    /// What spatial norms and heads look at: the codebook rows of the grid, `[rows, columns, codebookDim]`.
    let condition: SpatialNorm.Condition
    /// The shares of what shines through at each place of the grid, `[rows, columns, ImageGround.side, ImageGround.side]`,
    /// where there are heads.
    let ground: UnsafeMutablePointer<Float>
    let pool: ThreadPool
    private(set) var height: Int
    private(set) var width: Int

    var pixels: Int { height * width }

    init(_ workspace: ImageTokenizer.Workspace, height: Int, width: Int, pool: ThreadPool) {
        current = workspace.activations[0].pointer
        spare = workspace.activations[1].pointer
        other = workspace.activations[2].pointer
        scratch = workspace.scratch.pointer
        condition = SpatialNorm.Condition(workspace.condition.pointer, height: height, width: width)
        ground = workspace.ground.pointer
        self.height = height
        self.width = width
        self.pool = pool
    }

    /// Replaces the picture by its convolution, which may have another size.
    mutating func convolve(_ convolution: Conv2d) {
        apply(convolution, current, to: spare)
        swap(&current, &spare)
        (height, width) = convolution.outputSize(height: height, width: width)
    }

    /// Convolves `x`, of the picture's height and width, into `y`.
    ///
    /// - Parameter scratch: other memory than the canvas' scratch
    func apply(
        _ convolution: Conv2d, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>,
        scratch: UnsafeMutablePointer<Float>? = nil
    ) {
        convolution.apply(x, height: height, width: width, to: y, scratch: scratch ?? self.scratch, pool: pool)
    }

    /// Adds `x` to `y`, both `[height, width, channels]`.
    func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, channels: Int) {
        WeftTensor.add(x, to: y, count: pixels * channels, pool: pool)
    }

    // MARK: - Some rows at a time

    /// How many rows are computed at a time where the whole would take memory: about 16 MiB of them.
    private static func stripRows(width: Int, channels: Int) -> Int { max(8, (1 << 22) / max(1, width * channels)) }

    /// How many floats of scratch `convolve(_:after:of:to:)` and `add(_:after:of:to:)` take beside those of the norm and
    /// the convolution: rows of that many channels, and one more above and below.
    static func stripCount(height: Int, width: Int, channels: Int) -> Int {
        (min(height, stripRows(width: width, channels: channels) + 2) * width * channels + 15) / 16 * 16
    }

    /// Convolves `swish(norm(x))` into `y` without storing the whole of it; the convolution keeps the size.
    func convolve(
        _ convolution: Conv2d, after norm: PixelNorm, of x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>
    ) {
        if convolution.arithmetic == .bfloat16 {
            return multiply(convolution, after: norm, of: x, adding: false, to: y)
        }
        let factors = norm.factors(x, self)
        let strip = scratch + norm.scratchCount(self)
        let patches = strip + Canvas.stripCount(height: height, width: width, channels: convolution.inputs)
        forEachStrip(channels: convolution.inputs) { rows in
            let inputs = convolution.inputRows(rows, height: height)
            let source = x + inputs.lowerBound * width * convolution.inputs
            norm.apply(source, rows: inputs, factors: factors, to: strip, activation: .swish, self)
            convolution.apply(
                strip, firstRow: inputs.lowerBound, height: height, width: width, rows: rows,
                to: y + rows.lowerBound * width * convolution.outputs, scratch: patches, pool: pool)
        }
    }

    /// Adds the convolution of `swish(norm(x))`, which keeps the size, to `y`; what `x` holds has no meaning then.
    func add(
        _ convolution: Conv2d, after norm: PixelNorm, of x: UnsafeMutablePointer<Float>,
        to y: UnsafeMutablePointer<Float>
    ) {
        if convolution.arithmetic == .bfloat16 {
            return multiply(convolution, after: norm, of: x, adding: true, to: y)
        }
        norm.apply(x, to: x, activation: .swish, self)
        let strip = scratch
        let patches = strip + Canvas.stripCount(height: height, width: width, channels: convolution.outputs)
        forEachStrip(channels: convolution.outputs) { rows in
            convolution.apply(
                x, firstRow: 0, height: height, width: width, rows: rows, to: strip, scratch: patches, pool: pool)
            WeftTensor.add(
                strip, to: y + rows.lowerBound * width * convolution.outputs,
                count: rows.count * width * convolution.outputs, pool: pool)
        }
    }

    /// Convolves `swish(norm(x))` in bfloat16, which keeps the size, and writes the result to `y` or adds it.
    private func multiply(
        _ convolution: Conv2d, after norm: PixelNorm, of x: UnsafePointer<Float>, adding: Bool,
        to y: UnsafeMutablePointer<Float>
    ) {
        let factors = norm.factors(x, self)
        let strip = scratch + norm.scratchCount(self)
        if case .group(let factors) = factors {
            // The only norm that the convolution can do on its way.
            return convolution.apply(
                x, height: height, width: width, rows: 0..<height, change: .init(factors, activation: .swish),
                adding: adding, to: y, scratch: strip, pool: pool)
        }
        let rest = strip + Canvas.stripCount(height: height, width: width, channels: convolution.inputs)
        forEachStrip(channels: convolution.inputs) { rows in
            let inputs = convolution.inputRows(rows, height: height)
            let source = x + inputs.lowerBound * width * convolution.inputs
            norm.apply(source, rows: inputs, factors: factors, to: strip, activation: .swish, self)
            convolution.apply(
                strip, firstRow: inputs.lowerBound, height: height, width: width, rows: rows, change: .none,
                adding: adding, to: y + rows.lowerBound * width * convolution.outputs, scratch: rest, pool: pool)
        }
    }

    private func forEachStrip(channels: Int, _ body: (Range<Int>) -> Void) {
        let count = Canvas.stripRows(width: width, channels: channels)
        for first in stride(from: 0, to: height, by: count) { body(first..<min(height, first + count)) }
    }
}
