// How pictures are cut into tiles.

import CKernels

/// The sizes of the strips and points that a convolution of 3x3 pixels by tiles of 2x2 reads a picture of some width in.
struct TileShape {
    private let upsampling: Int
    private let width: Int
    /// Channels of a pixel with the zeros after them.
    let channels: Int

    init(inputs: Int, upsampling: Int, width: Int) {
        channels = weft_strip_padded(inputs)
        self.upsampling = upsampling
        self.width = width
    }

    /// Whether a convolution of these sizes is computed by tiles.
    static func fits(
        inputs: Int, kernel: Int, stride: Int, padding: Conv2d.Padding, upsampling: Int
    ) -> Bool {
        kernel == 3 && stride == 1 && padding == .same(kernel: 3) && upsampling <= 2 && inputs >= panelSize
    }

    /// Points of a tile.
    var points: Int { weft_winograd_points(upsampling) * weft_winograd_points(upsampling) }

    /// Tiles of a row.
    var columns: Int { (width * upsampling + 1) / 2 }

    /// Values in a line of a strip: the picture's pixels, one left of them, and the others that the last tile looks at.
    var lineCount: Int { (pixels(tiles: columns)) * channels }

    /// Pixels right of the picture that the last tile looks at.
    var right: Int { pixels(tiles: columns) - 1 - width }

    /// Lines that so many rows of tiles look at, the first of them the one above.
    func lines(rows: Int) -> Int { pixels(tiles: rows) }

    private func pixels(tiles: Int) -> Int { upsampling == 2 ? tiles + 2 : 2 * tiles + 2 }

    /// The row of the picture above a row of tiles.
    func above(_ row: Int) -> Int { (upsampling == 2 ? row : 2 * row) - 1 }

    /// Values of one row of tiles of one point.
    var rowCount: Int { columns * channels }

    /// Values from one point of so many rows of tiles to the next one: a few more than there are, so that the points of a
    /// tile do not compete for the same lines of a cache.
    func pointCount(rows: Int) -> Int { (rows * rowCount + 2047) / 2048 * 2048 + 160 }

    /// Rows of tiles that are computed from one strip: points of about 8 MiB, so that they stay in a cache.
    var rows: Int { max(2, (1 << 22) / max(1, points * columns * channels)) }

    /// How many floats of scratch a strip and its points take for so many rows of the output, wherever they begin.
    func scratchCount(rows wanted: Int) -> Int {
        let rows = min(rows, max(1, wanted) / 2 + 1)
        return (lines(rows: rows) * lineCount + points * pointCount(rows: rows) + 1) / 2
    }
}
