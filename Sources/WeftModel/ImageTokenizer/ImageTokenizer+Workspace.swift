// The memory that encoding and decoding need, known before weights are loaded.

import Foundation
import WeftTensor

/// Counts the floats that layers need for a picture of some size.
struct MemoryPlan: Equatable {
    /// Floats of each of the three buffers of activations.
    private(set) var activation = 0
    /// Floats of the scratch.
    private(set) var scratch = 0
    /// Floats of what spatial norms look at.
    private(set) var condition = 0
    private let conditionPixels: Int

    /// Goes through `stages` with a picture of that size; the three colours of a picture fit in any case.
    init(_ stages: [Stage], _ configuration: ImageTokenizerConfiguration, height: Int, width: Int) {
        var (height, width) = (height, width)
        conditionPixels = height * width
        activation = 3 * height * width
        for stage in stages {
            switch stage {
            case .convolution(_, let inputs, let outputs, let kernel, let stride, let padding, let upsampling):
                height = (height * upsampling + padding.top + padding.bottom - kernel) / stride + 1
                width = (width * upsampling + padding.left + padding.right - kernel) / stride + 1
                need(height * width * outputs)
                needScratch(Conv2d.patchCount(inputs: inputs, kernel: kernel, pixels: height * width))
            case .residual(_, let inputs, let outputs, let kernel):
                let pixels = height * width
                need(pixels * max(inputs, outputs))
                needScratch(Conv2d.patchCount(inputs: max(inputs, outputs), kernel: kernel, pixels: pixels))
                needNorm(configuration, channels: inputs, pixels: pixels)
                needNorm(configuration, channels: outputs, pixels: pixels)
            case .attention(_, let channels):
                needScratch(AttentionBlock.scratchCount(channels: channels, pixels: height * width))
                needNorm(configuration, channels: channels, pixels: height * width)
            case .norm(_, let channels):
                needNorm(configuration, channels: channels, pixels: height * width)
            case .temporal(_, let channels):
                need(height * width * channels)
                needScratch(Conv2d.patchCount(inputs: channels, kernel: 3, pixels: height * width))
            case .swish: break
            }
        }
    }

    /// What decoding a grid needs, and encoding its picture where the configuration has an encoder.
    init(_ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int) {
        self.init(ImageDecoder.stages(configuration), configuration, height: rows, width: columns)
        // The codebook rows that are looked up, and the picture in the end.
        let pixels = rows * columns
        if configuration.norm == .spatial { condition = pixels * configuration.codebookDim }
        need(pixels * max(configuration.codebookDim, 3 * configuration.downsampling * configuration.downsampling))
        guard let stages = ImageEncoder.stages(configuration) else { return }
        let scale = configuration.downsampling
        let encoder = MemoryPlan(stages, configuration, height: rows * scale, width: columns * scale)
        need(encoder.activation)
        needScratch(encoder.scratch)
    }

    /// Bytes of all buffers together.
    var byteCount: Int { (3 * activation + scratch + condition) * MemoryLayout<Float>.size }

    /// Whether buffers of this plan are large enough for another one.
    func holds(_ other: MemoryPlan) -> Bool {
        activation >= other.activation && scratch >= other.scratch && condition >= other.condition
    }

    private mutating func need(_ count: Int) { activation = max(activation, count) }
    private mutating func needScratch(_ count: Int) { scratch = max(scratch, count) }
    private mutating func needNorm(_ configuration: ImageTokenizerConfiguration, channels: Int, pixels: Int) {
        switch configuration.norm {
        case .group: needScratch(GroupNorm.scratchCount(channels: channels, pixels: pixels))
        case .channel: break
        case .spatial:
            needScratch(
                SpatialNorm.scratchCount(channels: channels, pixels: pixels, conditionPixels: conditionPixels))
        }
    }
}

extension ImageTokenizer {
    /// The largest count of rows or columns of a grid.
    package static let largestGrid = 1024

    /// All memory that decoding or encoding takes, made once; it belongs to one generation at a time.
    package final class Workspace {
        let plan: MemoryPlan
        let activations: [Buffer]
        let scratch: Buffer
        let condition: Buffer

        /// Bytes of all buffers together.
        package var byteCount: Int { plan.byteCount }

        /// Takes the memory for grids of up to `rows` times `columns` tokens.
        ///
        /// Throws ``ImageTokenizerError`` for a grid that is empty or has more than ``ImageTokenizer/largestGrid`` rows
        /// or columns, or needs more memory than the machine has.
        package init(_ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int) throws {
            try ImageTokenizer.check(rows: rows, columns: columns)
            let plan = MemoryPlan(configuration, rows: rows, columns: columns)
            if plan.byteCount > ProcessInfo.processInfo.physicalMemory {
                throw ImageTokenizerError(
                    .workspace,
                    "a grid of \(rows) x \(columns) tokens needs \(plan.byteCount >> 20) MiB of activations, more than "
                        + "the memory of this machine")
            }
            self.plan = plan
            activations = (0..<3).map { _ in Buffer(count: plan.activation) }
            scratch = Buffer(count: plan.scratch)
            condition = Buffer(count: plan.condition)
        }

        /// Whether it is large enough for a grid of `rows` times `columns` tokens.
        package func holds(_ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int) -> Bool {
            plan.holds(MemoryPlan(configuration, rows: rows, columns: columns))
        }

        /// How many bytes a workspace for that grid takes, without taking them.
        ///
        /// Throws ``ImageTokenizerError`` for a grid that is empty or has more than ``ImageTokenizer/largestGrid`` rows
        /// or columns.
        package static func byteCount(
            _ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int
        ) throws -> Int {
            try ImageTokenizer.check(rows: rows, columns: columns)
            return MemoryPlan(configuration, rows: rows, columns: columns).byteCount
        }
    }

    static func check(rows: Int, columns: Int) throws {
        let range = 1...largestGrid
        if !range.contains(rows) || !range.contains(columns) {
            throw ImageTokenizerError(
                .grid, "a grid of \(rows) x \(columns) tokens: rows and columns must be in 1...\(largestGrid)")
        }
    }
}
