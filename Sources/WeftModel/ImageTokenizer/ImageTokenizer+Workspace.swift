// The memory that encoding and decoding need, known before weights are loaded.

import Foundation
import WeftTensor

/// Counts the floats that layers need for a picture of some size.
struct MemoryPlan: Equatable {
    /// Floats of each of the three buffers of activations: `current`, `spare` and `other` of a ``Canvas``.
    private(set) var activations = [0, 0, 0]
    /// Floats of the scratch.
    private(set) var scratch = 0
    /// Floats of what spatial norms and heads look at.
    private(set) var condition = 0
    /// Floats of the shares of all squares' grounds, which heads put things on.
    private(set) var ground = 0

    private let norm: ImageTokenizerConfiguration.Norm
    private let conditionPixels: Int
    private var height: Int
    private var width: Int
    private var pixels: Int { height * width }
    private var current = 0
    private var spare: Int { 1 - current }
    private static let other = 2

    /// Goes through `stages` with a picture of that size and so many channels.
    init(
        _ stages: [Stage], _ configuration: ImageTokenizerConfiguration, height: Int, width: Int, channels: Int
    ) {
        norm = configuration.norm
        conditionPixels = height * width
        (self.height, self.width) = (height, width)
        need(current, channels: channels)
        for stage in stages { add(stage) }
    }

    private mutating func add(_ stage: Stage) {
        switch stage {
        case .convolution(_, let inputs, let outputs, let kernel, let stride, let padding, let upsampling):
            need(
                scratch: Conv2d.scratchBound(
                    inputs: inputs, kernel: kernel, stride: stride, padding: padding, upsampling: upsampling,
                    height: height, width: width))
            height = (height * upsampling + padding.top + padding.bottom - kernel) / stride + 1
            width = (width * upsampling + padding.left + padding.right - kernel) / stride + 1
            current = spare
            need(current, channels: outputs)
        case .residual(_, let inputs, let outputs, let kernel):
            addResidual(
                inputs: inputs, outputs: outputs, kernel: kernel, norms: (normScratch(inputs), normScratch(outputs)))
        case .temporal(_, let channels):
            addResidual(inputs: channels, outputs: channels, kernel: 3, norms: (0, 0))
        case .attention(_, let channels):
            need(spare, channels: channels)
            need(MemoryPlan.other, channels: channels)
            need(scratch: AttentionBlock.scratchCount(channels: channels, pixels: pixels))
            need(scratch: normScratch(channels))
        case .normed(_, _, let inputs, let outputs, let kernel):
            need(scratch: normScratch(inputs) + strip(inputs, kernel: kernel))
            need(spare, channels: outputs)
            current = spare
        case .swish: break
        }
    }

    /// What a convolution after a norm takes beside that.
    private func strip(_ channels: Int, kernel: Int) -> Int {
        Canvas.stripCount(height: height, width: width, channels: channels)
            + Conv2d.scratchBound(
                inputs: channels, kernel: kernel, padding: .same(kernel: kernel), height: height, width: width)
    }

    /// As `ResidualBlock.apply` goes about it.
    private mutating func addResidual(inputs: Int, outputs: Int, kernel: Int, norms: (Int, Int)) {
        need(MemoryPlan.other, channels: outputs)
        need(scratch: norms.0 + strip(inputs, kernel: kernel))
        need(scratch: norms.1 + strip(outputs, kernel: kernel))
        if inputs != outputs {
            need(spare, channels: outputs)
            current = spare
        }
    }

    /// What decoding a grid at some scales needs, and encoding its picture where the configuration has an encoder; scales
    /// without a head count for nothing.
    init(_ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int, scales: [Int] = [1]) {
        let dim = configuration.codebookDim
        self.init([], configuration, height: rows, width: columns, channels: dim)
        for head in configuration.outlines where scales.contains(head.scale) {
            include(MemoryPlan(head, configuration, rows: rows, columns: columns))
        }
        if norm == .spatial {
            // The temporal layers alone, for which `current` begins as it does for all.
            condition = conditionPixels * dim
            activations = activations.map { max($0, condition) }
        }
        if configuration.decoder.heads != nil {
            condition = conditionPixels * dim
            ground = conditionPixels * ImageGround.side * ImageGround.side
        }
        guard let stages = ImageEncoder.stages(configuration) else { return }
        let scale = configuration.downsampling
        include(MemoryPlan(stages, configuration, height: rows * scale, width: columns * scale, channels: 3))
    }

    /// What decoding a grid at the scale of a head needs.
    private init(
        _ head: ImageHead.Outline, _ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int
    ) {
        self.init(
            ImageDecoder.stages(configuration, head: head), configuration, height: rows, width: columns,
            channels: configuration.codebookDim)
        guard head.square != nil else { return }
        let stack = configuration.decoder
        include(
            MemoryPlan(
                [ImageGround.stage(stack)], configuration, height: rows, width: columns,
                channels: stack.channels[stack.channels.count - 1]))
        need(
            scratch: Conv2d.scratchBound(
                inputs: configuration.codebookDim, kernel: 1, padding: .same(kernel: 1), height: rows, width: columns))
        let count = ImageHead.floats(pixels: pixels * head.patch * head.patch)
        activations = activations.map { max($0, count) }
    }

    /// Makes the plan large enough for another one too.
    private mutating func include(_ other: MemoryPlan) {
        activations = zip(activations, other.activations).map { max($0, $1) }
        need(scratch: other.scratch)
    }

    /// Bytes of all buffers together.
    var byteCount: Int { (activations.reduce(0, +) + scratch + condition + ground) * MemoryLayout<Float>.size }

    /// Whether buffers of this plan are large enough for another one.
    func holds(_ other: MemoryPlan) -> Bool {
        zip(activations, other.activations).allSatisfy { $0 >= $1 } && scratch >= other.scratch
            && condition >= other.condition && ground >= other.ground
    }

    private mutating func need(_ buffer: Int, channels: Int) {
        activations[buffer] = max(activations[buffer], pixels * channels)
    }

    private mutating func need(scratch count: Int) { scratch = max(scratch, count) }

    private func normScratch(_ channels: Int) -> Int {
        PixelNorm.scratchCount(norm, channels: channels, pixels: pixels, conditionPixels: conditionPixels)
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
        let ground: Buffer

        /// Bytes of all buffers together.
        package var byteCount: Int { plan.byteCount }

        /// Takes the memory for grids of up to `rows` times `columns` tokens, decoded at some scales.
        ///
        /// Throws ``ImageTokenizerError`` for a grid that is empty or has more than ``ImageTokenizer/largestGrid`` rows
        /// or columns, or needs more memory than the machine has, and for a scale without a head.
        package init(
            _ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int, scales: [Int] = [1]
        ) throws {
            try ImageTokenizer.check(rows: rows, columns: columns)
            try configuration.check(scales: scales)
            let plan = MemoryPlan(configuration, rows: rows, columns: columns, scales: scales)
            if plan.byteCount > ProcessInfo.processInfo.physicalMemory {
                throw ImageTokenizerError(
                    .workspace,
                    "a grid of \(rows) x \(columns) tokens needs \(plan.byteCount >> 20) MiB of activations, more than "
                        + "the memory of this machine")
            }
            self.plan = plan
            activations = plan.activations.map { Buffer(count: $0) }
            scratch = Buffer(count: plan.scratch)
            condition = Buffer(count: plan.condition)
            ground = Buffer(count: plan.ground)
        }

        /// Whether it is large enough for a grid of `rows` times `columns` tokens, decoded at some scales.
        package func holds(
            _ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int, scales: [Int] = [1]
        ) -> Bool {
            plan.holds(MemoryPlan(configuration, rows: rows, columns: columns, scales: scales))
        }

        /// How many bytes a workspace for that grid takes, without taking them.
        ///
        /// Throws ``ImageTokenizerError`` for a grid that is empty or has more than ``ImageTokenizer/largestGrid`` rows
        /// or columns, and for a scale without a head.
        package static func byteCount(
            _ configuration: ImageTokenizerConfiguration, rows: Int, columns: Int, scales: [Int] = [1]
        ) throws -> Int {
            try ImageTokenizer.check(rows: rows, columns: columns)
            try configuration.check(scales: scales)
            return MemoryPlan(configuration, rows: rows, columns: columns, scales: scales).byteCount
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

extension ImageTokenizerConfiguration {
    /// Throws ``ImageTokenizerError`` for a scale without a head, naming those that have one.
    func check(scales asked: [Int]) throws {
        guard let scale = asked.first(where: { !scales.contains($0) }) else { return }
        throw ImageTokenizerError(
            .scale,
            "scale \(scale): the image tokenizer paints tokens at scale "
                + scales.map(String.init).joined(separator: ", "))
    }
}
