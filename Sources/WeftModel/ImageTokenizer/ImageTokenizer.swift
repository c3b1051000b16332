// Pictures as grids of tokens, and back.

package import WeftTensor

/// An image tokenizer of the VQGAN family (arXiv:2012.09841): pictures to grids of codebook rows, and back.
///
/// Immutable: any number of generations may use it at the same time, each with a ``Workspace`` of its own. Results are
/// equal bit for bit for any number of threads; tokens on any processor too, while pixels of a decoder in bfloat16 may
/// differ in their last bits on one with a matrix unit.
package struct ImageTokenizer: Sendable {
    /// The sizes of the network.
    package let configuration: ImageTokenizerConfiguration
    /// Height and width of the square of pixels that one token stands for, at scale 1.
    package let downsampling: Int
    /// How its pixels become colours of 8 bits.
    package let rounding: PixelRounding

    private let quantizer: ImageQuantizer
    private let encoder: ImageEncoder?
    private let decoder: ImageDecoder
    /// What codes look like alone, where they are of things over white and pictures can be encoded.
    private let codePictures: CodePictures?

    /// Whether ``encode(pixels:height:width:workspace:pool:)`` is possible.
    package var canEncode: Bool { encoder != nil }

    // MARK: - Loading

    /// Takes the tensors of the tokenizer; whether others are left over is for the caller to ask `tensors`.
    ///
    /// Throws ``ImageTokenizerError`` for an impossible configuration, and `WeightsError` that names file and tensor for
    /// one that is missing or of another shape.
    ///
    /// - Parameters:
    ///   - configuration: the sizes
    ///   - tensors: the checkpoint
    ///   - prefix: what stands before the names of the tokenizer's tensors
    ///   - rounding: how its pixels become colours of 8 bits
    ///   - arithmetic: in what numbers the decoder multiplies; nil for bfloat16 where its weights are stored in 16 bits,
    ///     else float32. The encoder, of which tokens come, multiplies in float32.
    package init(
        _ configuration: ImageTokenizerConfiguration, tensors: TensorReader, prefix: String = "",
        rounding: PixelRounding = .nearest, arithmetic: ConvolutionArithmetic? = nil
    ) throws {
        try configuration.validate()
        self.rounding = rounding
        self.configuration = configuration
        downsampling = configuration.downsampling
        quantizer = try ImageQuantizer(configuration, tensors, prefix: prefix)
        encoder = try ImageEncoder(configuration, tensors, prefix: prefix)
        decoder = try ImageDecoder(configuration, tensors, prefix: prefix, arithmetic: arithmetic)
        let head = decoder.heads.first { $0.outline.scale == 1 && $0.outline.square != nil }
        codePictures =
            encoder == nil
            ? nil
            : head.map { [rows = quantizer.rows, side = downsampling] in
                CodePictures(head: $0, rows: rows, side: side)
            }
    }

    /// Which tokens look alike; measured anew each time.
    package func alikeCodes() -> AlikeCodes { quantizer.alikeCodes() }

    // MARK: - Decoding

    /// The picture of a grid of tokens.
    ///
    /// - Parameters:
    ///   - tokens: `[rows * columns]`, row by row
    ///   - rows: rows of the grid
    ///   - columns: columns of the grid
    ///   - scale: how many times ``downsampling`` pixels a side of a token becomes, one of the configuration's scales
    ///   - workspace: made for this scale and this grid or a larger one
    ///   - pool: the threads that share the work
    ///   - isCut: whether tokens may be missing at the end, where the mean of the codebook stands for them
    /// - Returns: `[rows * downsampling * scale, columns * downsampling * scale, 3]`, red, green, blue in about [-1, 1]
    /// - Throws: ``ImageTokenizerError`` for tokens that are not in the codebook, a count of tokens that is not that of
    ///   the grid, a scale without a head, and a workspace that is too small
    package func decode(
        tokens: [Int], rows: Int, columns: Int, scale: Int = 1, workspace: Workspace, pool: ThreadPool,
        isCut: Bool = false
    ) throws -> [Float] {
        try ImageTokenizer.check(rows: rows, columns: columns)
        try configuration.check(scales: [scale])
        let side = downsampling * scale
        let count = 3 * rows * columns * side * side
        return try [Float](unsafeUninitializedCapacity: count) { pixels, initialized in
            pixels.initialize(repeating: 0)
            try decode(
                tokens: tokens, rows: rows, columns: columns, scale: scale, to: pixels, workspace: workspace,
                pool: pool, isCut: isCut)
            initialized = count
        }
    }

    /// Writes the picture of a grid of tokens to `pixels`, `[rows * downsampling * scale, columns * downsampling * scale,
    /// 3]`, which must have that count; otherwise as ``decode(tokens:rows:columns:scale:workspace:pool:isCut:)``.
    package func decode(
        tokens: [Int], rows: Int, columns: Int, scale: Int = 1, to pixels: UnsafeMutableBufferPointer<Float>,
        workspace: Workspace, pool: ThreadPool, isCut: Bool = false
    ) throws {
        try configuration.check(scales: [scale])
        try check(rows: rows, columns: columns, scales: [scale], workspace)
        let count = rows * columns
        guard tokens.count == count || isCut && tokens.count < count else {
            throw ImageTokenizerError(
                .grid, "\(tokens.count) tokens for a grid of \(rows) x \(columns), which has \(count)")
        }
        if let index = tokens.firstIndex(where: { !(0..<configuration.codebookSize).contains($0) }) {
            throw ImageTokenizerError(
                .token,
                "token \(tokens[index]) at row \(index / columns), column \(index % columns) is not in the codebook of "
                    + "\(configuration.codebookSize)")
        }
        let side = downsampling * scale
        guard let target = pixels.baseAddress, pixels.count == 3 * count * side * side else {
            preconditionFailure("\(pixels.count) floats for a picture of \(rows) x \(columns) tokens")
        }
        if configuration.norm == .spatial {
            var canvas = Canvas(workspace, height: rows, width: columns, pool: pool)
            quantizer.lookUp(tokens, count: count, to: canvas.current)
            decoder.applyTemporalLayers(to: &canvas)
            workspace.condition.pointer.update(
                from: canvas.current, count: count * configuration.codebookDim)
        }
        var canvas = Canvas(workspace, height: rows, width: columns, pool: pool)
        quantizer.lookUp(tokens, count: count, to: canvas.current)
        if configuration.decoder.heads != nil {
            workspace.condition.pointer.update(from: canvas.current, count: count * configuration.codebookDim)
        }
        decoder.apply(to: &canvas, scale: scale, pixels: target)
    }

    // MARK: - Encoding

    /// The tokens of a picture, row by row: those of the rows of the codebook that are nearest to its latents. Where codes
    /// are of things over white, a square that is not background has that which looks most like it on the background beside.
    ///
    /// - Parameters:
    ///   - pixels: `[height, width, 3]`, red, green, blue in [-1, 1]
    ///   - height: a multiple of ``downsampling``
    ///   - width: a multiple of ``downsampling``
    ///   - workspace: made for `height / downsampling` rows and `width / downsampling` columns, or for more
    ///   - pool: the threads that share the work
    /// - Returns: `[height / downsampling * (width / downsampling)]`
    /// - Throws: ``ImageTokenizerError`` for a size that is not a multiple of ``downsampling`` or not that of `pixels`,
    ///   a workspace that is too small, and a tokenizer without encoder
    package func encode(
        pixels: [Float], height: Int, width: Int, workspace: Workspace, pool: ThreadPool
    ) throws -> [Int] {
        guard let encoder else {
            throw ImageTokenizerError(.encoder, "the image tokenizer has no encoder: it can decode pictures only")
        }
        guard height > 0, width > 0, height % downsampling == 0, width % downsampling == 0 else {
            throw ImageTokenizerError(
                .picture,
                "a picture of \(width) x \(height) pixels: width and height must be multiples of \(downsampling)")
        }
        let (rows, columns) = (height / downsampling, width / downsampling)
        try check(rows: rows, columns: columns, scales: [], workspace)
        guard pixels.count == 3 * height * width else {
            throw ImageTokenizerError(
                .picture, "\(pixels.count) values for a picture of \(width) x \(height) pixels in three colours")
        }
        var canvas = Canvas(workspace, height: height, width: width, pool: pool)
        pixels.withUnsafeBufferPointer { canvas.current.update(from: $0.baseAddress!, count: $0.count) }
        encoder.apply(to: &canvas)
        guard let codePictures else { return quantizer.nearest(canvas.current, count: rows * columns, pool: pool) }
        var tokens = codePictures.tokens(of: pixels, rows: rows, columns: columns, pool: pool)
        let others = tokens.indices.filter { tokens[$0] == nil }
        let dim = configuration.codebookDim
        for (place, square) in others.enumerated() where place < square {
            (canvas.current + place * dim).update(from: canvas.current + square * dim, count: dim)
        }
        let nearest = quantizer.nearest(canvas.current, count: others.count, pool: pool)
        for (square, token) in zip(others, nearest) { tokens[square] = token }
        return tokens.compactMap { $0 }
    }

    private func check(rows: Int, columns: Int, scales: [Int], _ workspace: Workspace) throws {
        try ImageTokenizer.check(rows: rows, columns: columns)
        if !workspace.plan.holds(MemoryPlan(configuration, rows: rows, columns: columns, scales: scales)) {
            throw ImageTokenizerError(
                .workspace, "the workspace is too small for a grid of \(rows) x \(columns) tokens")
        }
    }
}
