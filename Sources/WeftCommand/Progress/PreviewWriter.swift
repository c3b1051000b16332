// Growing pictures: the rows that are there, on the gray of a picture to come.

import Foundation
import Weft
import WeftPixels

/// Writes pictures while they grow, and takes away those that never become whole.
struct PreviewWriter {
    let interval: PreviewInterval
    let model: Model
    let threads: Int?
    private var unfinished: Set<String> = []

    init(_ interval: PreviewInterval, model: Model, threads: Int?) {
        self.interval = interval
        self.model = model
        self.threads = threads
    }

    /// Writes a picture that has one more row, if it is the turn of that row.
    mutating func write(_ partial: PartialPicture, to path: String) throws {
        let rows = partial.tokens.rows
        guard rows % interval.rows == 0, rows < partial.totalRows else { return }
        let top = try model.decode(partial.tokens, threads: threads)
        let gray = RGB(red: 128, green: 128, blue: 128)
        let whole = try Picture(width: top.width, height: top.height / rows * partial.totalRows, color: gray)
        let rest = whole.pixels.dropFirst(top.pixels.count)
        unfinished.insert(path)
        try OutputPath.makeFolder(of: path)
        try PNG.write(Picture(width: whole.width, height: whole.height, pixels: top.pixels + rest), to: path)
    }

    /// A picture is whole now.
    mutating func finish(_ path: String) { unfinished.remove(path) }

    /// Removes the pictures that are not whole.
    func removeUnfinished() {
        for path in unfinished { try? FileManager.default.removeItem(atPath: path) }
    }
}
