// Convolution in bfloat16 by tiles of 2x2 pixels: strips become points, which are multiplied.

import CKernels

extension Conv2d {
    /// Computes some rows of a convolution of 3x3 pixels; `winograd.h` of the kernels says how.
    func applyTiles(
        _ weights: StripWeights, _ picture: Picture, rows: Range<Int>, change: Change, adding: Bool,
        to y: UnsafeMutablePointer<Float>, scratch: UnsafeMutablePointer<Float>, _ pool: ThreadPool
    ) {
        guard !rows.isEmpty, picture.width > 0, outputs > 0 else { return }
        let shape = TileShape(inputs: inputs, upsampling: upsampling, width: picture.width)
        let strip = UnsafeMutableRawPointer(scratch).assumingMemoryBound(to: UInt16.self)
        let line = StripLine(
            channels: shape.channels, left: 1, right: shape.right, repeats: 1, change: change,
            kernels: weights.kernels)
        // Rows that are not there take no part in the rows that are wanted.
        let there = inputRows(rows, height: picture.height)
        let tiles = rows.lowerBound / 2..<(rows.upperBound + 1) / 2
        for first in Swift.stride(from: tiles.lowerBound, to: tiles.upperBound, by: shape.rows) {
            let count = min(shape.rows, tiles.upperBound - first)
            let lines = shape.lines(rows: count)
            pool.run(lines) { index in
                let row = shape.above(first) + index
                line.fill(
                    strip + index * shape.lineCount, with: there.contains(row) ? row : nil, of: picture,
                    inputs: inputs)
            }
            let points = strip + lines * shape.lineCount
            spread(strip, shape, rows: count, to: points, weights.kernels, pool)
            var product = weft_winograd_product()
            product.x = UnsafePointer(points)
            product.point_step = shape.pointCount(rows: count)
            product.channels = shape.channels
            product.upsampling = upsampling
            product.columns = shape.columns
            product.weights = weights.packed
            product.outputs = outputs
            product.bias = weights.bias
            product.adds = adding ? 1 : 0
            product.width = picture.width * upsampling
            let written = max(rows.lowerBound, 2 * first)..<min(rows.upperBound, 2 * (first + count))
            (product.row_begin, product.row_end) = (written.lowerBound - 2 * first, written.upperBound - 2 * first)
            product.y = y + (written.lowerBound - rows.lowerBound) * product.width * outputs
            multiply(product, tiles: count * shape.columns, points: shape.points, weights, pool)
        }
    }

    /// Computes the points of some rows of tiles.
    private func spread(
        _ strip: UnsafePointer<UInt16>, _ shape: TileShape, rows: Int, to points: UnsafeMutablePointer<UInt16>,
        _ kernels: Kernels, _ pool: ThreadPool
    ) {
        pool.run(rows) { row in
            var task = weft_winograd_row()
            task.x = strip + (shape.lines(rows: row) - shape.lines(rows: 0)) * shape.lineCount
            task.line_step = shape.lineCount
            task.channels = shape.channels
            task.upsampling = upsampling
            task.tiles = shape.columns
            task.y = points + row * shape.rowCount
            task.point_step = shape.pointCount(rows: rows)
            weft_winograd_spread(kernels.table, &task)
        }
    }

    /// Multiplies points, cut into tiles and panels by the size of the work only.
    private func multiply(
        _ product: weft_winograd_product, tiles: Int, points: Int, _ weights: StripWeights, _ pool: ThreadPool
    ) {
        let panel = points * product.channels * panelSize
        let panels = weights.panelsAtATime(values: panel)
        let panelGroups = (weights.panels + panels - 1) / panels
        // A piece should take a fraction of a millisecond.
        let block = weft_winograd_tiles
        let length = max(1, (1 << 26) / (panels * panel) / block) * block
        let tileGroups = (tiles + length - 1) / length
        pool.run(tileGroups * panelGroups) { [product] piece in
            let (tileGroup, panelGroup) = piece.quotientAndRemainder(dividingBy: panelGroups)
            withUnsafePointer(to: product) {
                weft_winograd_multiply(
                    weights.kernels.table, $0, tileGroup * length, min(tiles, (tileGroup + 1) * length),
                    panelGroup * panels, min(weights.panels, (panelGroup + 1) * panels))
            }
        }
    }
}
