// Pictures to visual tokens and back.

import WeftModel
public import WeftPixels
import WeftTensor

extension Model {
    /// The picture of a grid of visual tokens.
    ///
    /// - Parameters:
    ///   - grid: any grid of up to 1024 x 1024 tokens; the mean of the codebook is painted for tokens that a fill leaves out
    ///   - threads: how many threads share the work; nil for all cores. The picture does not depend on it.
    /// - Throws: an error that names the token that the codebook lacks
    public func decode(_ grid: TokenGrid, threads: Int? = nil) throws -> Picture {
        try decode(grid, pool: ThreadPool(threads))
    }

    /// The visual tokens of a picture.
    ///
    /// - Parameters:
    ///   - picture: width and height must be multiples of the pixels that a token stands for
    ///   - threads: how many threads share the work; nil for all cores. The tokens do not depend on it.
    /// - Throws: an error that names the size if it cannot be encoded
    public func encode(_ picture: Picture, threads: Int? = nil) throws -> TokenGrid {
        let imageTokenizer = try encoder
        let scale = imageTokenizer.downsampling
        let (rows, columns) = (max(1, picture.height / scale), max(1, picture.width / scale))
        let workspace = try ImageTokenizer.Workspace(imageTokenizer.configuration, rows: rows, columns: columns)
        let tokens = try imageTokenizer.encode(
            pixels: ImageTokenizer.pixels(bytes: picture.pixels), height: picture.height, width: picture.width,
            workspace: workspace, pool: ThreadPool(threads))
        return TokenGrid(model: name, rows: rows, columns: columns, tokens: tokens)
    }

    func decode(_ grid: TokenGrid, pool: ThreadPool) throws -> Picture {
        let workspace = try ImageTokenizer.Workspace(
            imageTokenizer.configuration, rows: grid.rows, columns: grid.columns)
        return try decode(grid, workspace: workspace, pool: pool)
    }

    func decode(_ grid: TokenGrid, workspace: ImageTokenizer.Workspace, pool: ThreadPool) throws -> Picture {
        let imageTokenizer = try imageTokenizer
        let pixels = try imageTokenizer.decode(
            tokens: grid.tokens, rows: grid.rows, columns: grid.columns, workspace: workspace, pool: pool,
            isCut: grid.isCut)
        let scale = imageTokenizer.downsampling
        return try Picture(
            width: grid.columns * scale, height: grid.rows * scale,
            pixels: ImageTokenizer.bytes(pixels: pixels, rounding: checkpoint.rounding))
    }
}

extension ThreadPool {
    /// A pool of that many threads; nil for all cores.
    convenience init(_ threads: Int?) {
        if let threads { self.init(threadCount: threads) } else { self.init() }
    }
}
