// How a line of a strip is written.

import CKernels

/// What stands around the pixels of a strip's line, and what becomes of them.
struct StripLine {
    /// Channels of a pixel with the zeros after them.
    let channels: Int
    /// Pixels of zeros left of the picture.
    let left: Int
    /// Pixels of zeros right of it.
    let right: Int
    /// How many times each pixel is written.
    let repeats: Int
    /// What is done to the picture before it is rounded.
    let change: Conv2d.Change
    /// What writes.
    let kernels: Kernels

    /// Writes a row of a picture of so many channels, or zeros for none.
    func fill(_ line: UnsafeMutablePointer<UInt16>, with row: Int?, of picture: Conv2d.Picture, inputs: Int) {
        let (before, after) = (left * channels, right * channels)
        let middle = picture.width * repeats * channels
        guard let row else { return line.update(repeating: 0, count: before + middle + after) }
        line.update(repeating: 0, count: before)
        (line + before + middle).update(repeating: 0, count: after)
        var task = weft_strip_row()
        task.x = picture.start + (row - picture.firstRow) * picture.width * inputs
        task.pixels = picture.width
        task.channels = inputs
        task.scale = change.factors?.scale
        task.shift = change.factors?.shift
        task.is_swish = change.activation == .swish ? 1 : 0
        task.repeats = repeats
        task.y = line + before
        weft_strip_fill(kernels.table, &task)
    }
}
