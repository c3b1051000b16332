// How pictures are cut into strips.

import CKernels

/// The sizes of the strips that a convolution in bfloat16 reads a picture of some width in.
struct StripShape {
    private let kernel: Int
    private let stride: Int
    private let padding: Conv2d.Padding
    private let upsampling: Int
    private let width: Int
    /// Channels of a pixel with the zeros after them.
    let channels: Int

    init(inputs: Int, kernel: Int, stride: Int, padding: Conv2d.Padding, upsampling: Int, width: Int) {
        channels = weft_strip_padded(inputs)
        self.kernel = kernel
        self.stride = stride
        self.padding = padding
        self.upsampling = upsampling
        self.width = width
    }

    init(_ convolution: Conv2d, width: Int) {
        self.init(
            inputs: convolution.inputs, kernel: convolution.kernel, stride: convolution.stride,
            padding: convolution.padding, upsampling: convolution.upsampling, width: width)
    }

    /// Height and width of the output for a picture of that height; 0 where no patch fits.
    func outputSize(height: Int) -> (height: Int, width: Int) {
        let rows = height * upsampling + padding.top + padding.bottom - kernel
        let columns = width * upsampling + padding.left + padding.right - kernel
        return (rows < 0 ? 0 : rows / stride + 1, columns < 0 ? 0 : columns / stride + 1)
    }

    /// Values in a line of a strip: the enlarged picture's pixels and the zeros left and right of them.
    var lineCount: Int { (width * upsampling + padding.left + padding.right) * channels }

    /// Lines that so many rows of the output look at.
    func lines(rows: Int) -> Int { (rows - 1) * stride + kernel }

    /// Rows of the output that are computed from one strip: of about 4 MiB, so that it stays in a cache.
    var rows: Int { max(8, ((1 << 21) / max(1, lineCount) - kernel) / stride + 1) }

    /// How many floats of scratch a strip takes for so many rows of the output.
    func scratchCount(rows wanted: Int) -> Int { (lines(rows: min(rows, max(1, wanted))) * lineCount + 1) / 2 }
}
