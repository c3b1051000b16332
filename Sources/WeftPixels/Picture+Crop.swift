// Cuts rectangles out of pictures.

extension Picture {
    /// The rectangle of `width` columns and `height` rows whose top left pixel is column `x` of row `y`.
    ///
    /// - Throws: ``PictureError`` if the rectangle is empty or not all inside of the picture.
    public func cropped(x: Int, y: Int, width: Int, height: Int) throws -> Picture {
        guard x >= 0, y >= 0, width > 0, height > 0, width <= self.width - x, height <= self.height - y else {
            throw PictureError(
                "the rectangle of \(width)x\(height) pixels at \(x),\(y) is not inside of \(self.width)x\(self.height)")
        }
        var result: [UInt8] = []
        result.reserveCapacity(width * height * 3)
        for row in y..<y + height {
            let start = (row * self.width + x) * 3
            result += pixels[start..<start + width * 3]
        }
        return Picture(unchecked: result, width: width, height: height)
    }

    /// The largest rectangle in the middle of the picture that has the shape `width : height`.
    ///
    /// The shorter side is rounded to whole pixels; an odd rest leaves one pixel more at the right or the bottom.
    ///
    /// - Throws: ``PictureError`` if `width` or `height` is below 1.
    public func centerCropped(aspectWidth width: Int, aspectHeight height: Int) throws -> Picture {
        guard width > 0, height > 0 else { throw PictureError("a picture cannot have the aspect \(width):\(height)") }
        let aspect = Double(width) / Double(height)
        var columns = self.width
        var rows = self.height
        if Double(columns) > Double(rows) * aspect {
            columns = min(columns, max(1, Int((Double(rows) * aspect).rounded())))
        } else {
            rows = min(rows, max(1, Int((Double(columns) / aspect).rounded())))
        }
        return try cropped(x: (self.width - columns) / 2, y: (self.height - rows) / 2, width: columns, height: rows)
    }
}
