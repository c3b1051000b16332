// Paint on a picture: rectangles, and letters by the share of each pixel that they cover.

extension Picture {
    /// Fills a rectangle; what lies outside of the picture is left out.
    mutating func fill(x: Int, y: Int, width: Int, height: Int, color: RGB) {
        for row in max(y, 0)..<max(y, 0, min(y + height, self.height)) {
            for column in max(x, 0)..<max(x, 0, min(x + width, self.width)) { self[column, row] = color }
        }
    }

    /// Mixes a color into a row of pixels, by shares from 0 to 255; what lies outside of the picture is left out.
    mutating func cover(_ shares: UnsafeBufferPointer<UInt8>, x: Int, y: Int, color: RGB) {
        guard y >= 0, y < height else { return }
        for (offset, share) in shares.enumerated() where share > 0 && x + offset >= 0 && x + offset < width {
            let old = self[x + offset, y]
            let part = Int(share)
            func mixed(_ below: UInt8, _ above: UInt8) -> UInt8 {
                let sum: Int = Int(below) * (255 - part) + Int(above) * part
                return UInt8((sum + 127) / 255)
            }
            self[x + offset, y] = RGB(
                red: mixed(old.red, color.red), green: mixed(old.green, color.green),
                blue: mixed(old.blue, color.blue))
        }
    }
}
