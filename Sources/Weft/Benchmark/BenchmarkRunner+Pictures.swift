// Pixels of tokens, and whole pictures.

import WeftModel
import WeftTensor

extension BenchmarkRunner {
    /// Pictures of different random tokens, painted as generation paints them.
    func detokenize(_ model: Model, _ size: PictureSize, _ result: inout BenchmarkResult) throws {
        let painter = try GridPainter(model, pool: pool)
        let codes = try model.imageTokenizer.configuration.codebookSize
        let asked = (0..<result.rows).map { index in
            var grid = model.description.grid(of: size)
            grid.tokens = (0..<size.tokenCount).map { ($0 * 7919 + index * 104_729) % codes }
            let request = GenerationRequest(
                prompt: .tokens([]), seed: 0, size: size, sampling: model.defaultSampling)
            return (request, grid)
        }
        result.pictures = result.rows
        result.size = size.description
        result.tokens = result.rows * size.tokenCount
        result.steps = result.rows
        result.parts = result.rows
        result.seconds = try time(parts: result.rows) { _ = try painter.paint(asked) }
    }

    /// Whole pictures with seeds from 1, all drawn at the same time.
    func draw(_ model: Model, _ size: PictureSize, _ result: inout BenchmarkResult) throws {
        let count = result.rows
        var sampling = model.defaultSampling
        sampling.bestOf = 1  // a row is a picture
        if let scale = options.guidanceScale { sampling.guidanceScale = scale }
        let prompt = try prompt(for: model, size)
        let requests = (1...UInt64(count)).map {
            GenerationRequest(prompt: prompt, seed: $0, size: size, sampling: sampling)
        }
        result.pictures = count
        result.size = size.description
        result.guidanceScale = sampling.guidanceScale
        result.rows = count * (sampling.usesGuidance ? 2 : 1)
        result.context = try model.description.longestPrefix(of: requests[0], pool: pool)
        result.tokens = count * size.tokenCount
        result.steps = size.tokenCount
        result.parts = count
        let drawing = DrawingOptions(threads: options.threads, batchSize: count)
        result.seconds = try time(parts: count) {
            try model.draw(requests, drawing) { _ in
                try checkStop()
                return true
            }
        }
    }

    /// The first of some prompts that the model takes: ids, the first class, features of zeros.
    private func prompt(for model: Model, _ size: PictureSize) throws -> GenerationRequest.Prompt {
        let width = model.checkpoint.transformer?.configuration.hiddenSize ?? 1
        let prompts: [GenerationRequest.Prompt] = [
            .tokens(Array(repeating: 1, count: options.promptTokens)), .label(0), .text("a picture"),
            .features(Array(repeating: 0, count: width)), .features(Array(repeating: 0, count: 2048)),
        ]
        var failure: (any Error)?
        for prompt in prompts {
            let request = GenerationRequest(
                prompt: prompt, seed: 1, size: size, sampling: model.defaultSampling)
            do {
                _ = try model.description.prefixes(for: request, pool: pool)
                return prompt
            } catch {
                failure = failure ?? error
            }
        }
        throw failure ?? WeftError(.invalidModel, "\(model.name) takes no prompt that can be measured")
    }
}
