// The picture while it goes through the layers.

import WeftTensor

/// Where the activations of one picture lie while it goes through the layers, and its current size.
struct Canvas {
    /// The activations, `[height, width, channels]`.
    var current: UnsafeMutablePointer<Float>
    /// Memory as large as `current`'s, its content of no meaning between layers.
    var spare: UnsafeMutablePointer<Float>
    /// More such memory.
    let other: UnsafeMutablePointer<Float>
    /// Memory of single operations.
    let scratch: UnsafeMutablePointer<Float>
    /// What spatial norms look at: the codebook rows of the grid, `[rows, columns, codebookDim]`.
    let condition: SpatialNorm.Condition
    let pool: ThreadPool
    private(set) var height: Int
    private(set) var width: Int

    var pixels: Int { height * width }

    init(_ workspace: ImageTokenizer.Workspace, height: Int, width: Int, pool: ThreadPool) {
        current = workspace.activations[0].pointer
        spare = workspace.activations[1].pointer
        other = workspace.activations[2].pointer
        scratch = workspace.scratch.pointer
        condition = SpatialNorm.Condition(workspace.condition.pointer, height: height, width: width)
        self.height = height
        self.width = width
        self.pool = pool
    }

    /// Replaces the picture by its convolution, which may have another size.
    mutating func convolve(_ convolution: Conv2d) {
        apply(convolution, current, to: spare)
        swap(&current, &spare)
        (height, width) = convolution.outputSize(height: height, width: width)
    }

    /// Convolves `x`, of the picture's height and width, into `y`.
    func apply(_ convolution: Conv2d, _ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>) {
        convolution.apply(x, height: height, width: width, to: y, scratch: scratch, pool: pool)
    }

    /// Adds `x` to `y`, both `[height, width, channels]`.
    func add(_ x: UnsafePointer<Float>, to y: UnsafeMutablePointer<Float>, channels: Int) {
        WeftTensor.add(x, to: y, count: pixels * channels, pool: pool)
    }
}
