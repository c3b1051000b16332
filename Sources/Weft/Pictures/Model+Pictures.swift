// Pictures to visual tokens and back.

import WeftModel
public import WeftPixels
import WeftTensor

extension Model {
    /// The picture of a grid of visual tokens.
    ///
    /// - Parameters:
    ///   - grid: any grid of up to 1024 x 1024 tokens at a scale of the image tokenizer; the mean of the codebook is painted for tokens that a fill leaves out
    ///   - threads: how many threads share the work; nil for all cores. The picture does not depend on it.
    /// - Throws: an error that names the token that the codebook lacks, or the scale that the image tokenizer does
    public func decode(_ grid: TokenGrid, threads: Int? = nil) throws -> Picture {
        try decode(grid, pool: ThreadPool(threads))
    }

    /// The visual tokens of a picture.
    ///
    /// - Parameters:
    ///   - picture: its width and height must be those of a size that the model draws, or multiples of the pixels that a
    ///     token stands for
    ///   - size: the size whose grid is wanted, one of ``sizes``; nil for the first one of the picture's width and height.
    ///     Where its tokens stand for more pixels than the encoder looks at, the picture is averaged by area
    ///   - threads: how many threads share the work; nil for all cores. The tokens do not depend on it.
    /// - Throws: an error that names the size if it cannot be encoded
    public func encode(_ picture: Picture, size: PictureSize? = nil, threads: Int? = nil) throws -> TokenGrid {
        let imageTokenizer = try encoder
        var grid = try self.grid(of: picture, size: size, imageTokenizer)
        let scale = grid.scale ?? 1
        let pixels =
            scale == 1
            ? ImageTokenizer.pixels(bytes: picture.pixels)
            : ImageTokenizer.pixels(colours: try picture.means(ofSquares: scale))
        let workspace = try ImageTokenizer.Workspace(
            imageTokenizer.configuration, rows: grid.rows, columns: grid.columns, scales: [])
        grid.tokens = try imageTokenizer.encode(
            pixels: pixels, height: picture.height / scale, width: picture.width / scale, workspace: workspace,
            pool: ThreadPool(threads))
        return grid
    }

    /// The grid of a picture's tokens, still empty.
    private func grid(
        of picture: Picture, size: PictureSize?, _ imageTokenizer: ImageTokenizer
    ) throws -> TokenGrid {
        if let size {
            try description.check(size)
            guard size.width == picture.width, size.height == picture.height else {
                throw WeftError(
                    .invalidRequest, "a picture of \(picture.width) x \(picture.height) pixels has not the size \(size)"
                )
            }
            return description.grid(of: size)
        }
        let known = sizes.first { $0.width == picture.width && $0.height == picture.height }
        if imageTokenizer.configuration.decoder.heads != nil, let known { return description.grid(of: known) }
        let side = imageTokenizer.downsampling
        return TokenGrid(
            model: name, rows: max(1, picture.height / side), columns: max(1, picture.width / side), tokens: [])
    }

    func decode(_ grid: TokenGrid, pool: ThreadPool) throws -> Picture {
        let workspace = try ImageTokenizer.Workspace(
            imageTokenizer.configuration, rows: grid.rows, columns: grid.columns, scales: [grid.scale ?? 1])
        return try decode(grid, workspace: workspace, pool: pool)
    }

    func decode(_ grid: TokenGrid, workspace: ImageTokenizer.Workspace, pool: ThreadPool) throws -> Picture {
        let imageTokenizer = try imageTokenizer
        let pixels = try imageTokenizer.decode(
            tokens: grid.tokens, rows: grid.rows, columns: grid.columns, scale: grid.scale ?? 1,
            workspace: workspace, pool: pool, isCut: grid.isCut)
        let side = imageTokenizer.downsampling * (grid.scale ?? 1)
        return try Picture(
            width: grid.columns * side, height: grid.rows * side,
            pixels: ImageTokenizer.bytes(pixels: pixels, rounding: checkpoint.rounding))
    }
}

extension ThreadPool {
    /// A pool of that many threads; nil for all cores.
    convenience init(_ threads: Int?) {
        if let threads { self.init(threadCount: threads) } else { self.init() }
    }
}
