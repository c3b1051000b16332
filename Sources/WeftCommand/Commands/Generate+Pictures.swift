// weft generate of one prompt: its requests, files and events.

import ArgumentParser
import Foundation
import Weft
import WeftPixels
import WeftSampling

extension Generate {
    /// What is to be drawn, from whichever flag says it.
    private func content(_ record: GenerationRequest?) throws -> GenerationRequest.Prompt {
        if let record { return record.prompt }
        if let promptTokens { return .tokens(promptTokens.ids) }
        if let label { return .label(label) }
        if let promptFeatures { return .features(try FeatureFile.read(promptFeatures)) }
        return .text(prompt ?? "")
    }

    /// The negative prompt of the flags, if there is one.
    var negative: GenerationRequest.Prompt? {
        negativePromptTokens.map { .tokens($0.ids) } ?? negativePrompt.map { .text($0) }
    }

    /// The requests of the flags, over those of a picture that is repeated.
    func requests(_ model: ModelDescription, _ record: PictureRecord?) throws -> [GenerationRequest] {
        let old = try record?.request(for: model)
        let isSized = size.size ?? size.quality?.rawValue ?? (size.width ?? size.height).map(String.init) != nil
        let request = GenerationRequest(
            prompt: try content(old), negativePrompt: negative ?? old?.negativePrompt,
            seed: seed ?? old?.seed ?? UInt64.random(in: 0...0xFFFF_FFFF),
            size: isSized ? try size.pick(from: model) : try old?.size ?? size.pick(from: model),
            sampling: sampling.settings(over: old?.sampling ?? model.sampling),
            tokenLimit: budget.tokens ?? old?.tokenLimit, fill: budget.fill ?? old?.fill ?? .likely)
        return (0..<pictureCount).map { index in
            var next = request
            next.seed &+= UInt64(index)
            return next
        }
    }

    /// Checks all files before anything is generated.
    func check(_ paths: [String]) throws {
        for path in paths { try OutputPath.check(path, flag: "--output") }
        var taken = paths
        for (flag, path) in [("--tokens-out", tokensOut), ("--trace", trace), ("--logits-out", logitsOut)] {
            guard let path else { continue }
            try OutputPath.check(path, flag: flag)
            guard !taken.contains(path) else {
                throw ValidationError("\(flag) \(path) is written by another flag too")
            }
            taken.append(path)
        }
    }

    func draw(_ requests: [GenerationRequest], with model: Model, to paths: [String]) throws {
        var reporter = ProgressReporter(
            style: progress, pictures: requests.count, totalTokens: requests.reduce(0) { $0 + $1.allDrawnTokens })
        var preview = preview.map { PreviewWriter($0, model: model, threads: threads.threads) }
        defer { preview?.removeUnfinished() }
        var grids: [(index: Int, grid: TokenGrid)] = []
        var traces: [(index: Int, trace: PictureTrace)] = []
        var isBegun = false
        let signals = SignalWatch()
        let logits = try logitsOut.map { try LogitsFile($0) }
        let options = DrawingOptions(
            threads: threads.threads, batchSize: batchSize ?? model.batchSize(for: requests),
            rows: preview != nil && !paths.isEmpty, paints: !paths.isEmpty, traces: trace != nil)
        try model.draw(requests, options, logits: logits.map { file in { try file.append($2) } }) { event in
            if signals.signal != nil { return false }
            switch event {
            case .prefilled:
                if !isBegun { warnOfUnknownWords([requests[0]], model) }
                isBegun = true
            case .step(let tokens, _): reporter.tokens(tokens)
            case .row(let partial): try preview?.write(partial, to: paths[partial.index])
            case .picture(let drawn):
                let path = paths[drawn.index]
                let text =
                    noMetadata
                    ? []
                    : try drawn.request.metadata(
                        model: model.name, weights: model.description.weights, cache: model.description.cache,
                        passes: drawn.passes)
                try OutputPath.makeFolder(of: path)
                try PNG.write(drawn.picture, text: text, to: path)
                preview?.finish(path)
                if tokensOut != nil { grids.append((drawn.index, drawn.tokens)) }
                if trace != nil {
                    traces.append((drawn.index, PictureTrace(of: drawn.request, trace: drawn.trace, file: path)))
                }
                reporter.picture(
                    path: path, seed: drawn.request.seed, passes: drawn.request.saved(passes: drawn.passes))
            case .tokens(let made):
                grids.append((made.index, made.tokens))
                if trace != nil {
                    traces.append((made.index, PictureTrace(of: made.request, trace: made.trace, file: nil)))
                }
                reporter.picture(
                    path: tokensOut ?? "", seed: made.request.seed, passes: made.request.saved(passes: made.passes))
            case .failed(let failed): throw failed.error
            }
            return true
        }
        if let signal = signals.signal, reporter.donePictures < requests.count {
            reporter.stopped()
            throw ExitCode(128 + signal)
        }
        try logits?.finish()
        if let tokensOut {
            try OutputPath.makeFolder(of: tokensOut)
            try TokenGrid.write(grids.sorted { $0.index < $1.index }.map(\.grid), to: tokensOut)
        }
        if let trace {
            let lines = try traces.sorted { $0.index < $1.index }.map { try $0.trace.line() + "\n" }
            try OutputPath.makeFolder(of: trace)
            try AtomicFile.write([UInt8](lines.joined().utf8), to: trace)
        }
        reporter.finish()
    }

    /// Names the words of prompts that the model does not know, each once.
    func warnOfUnknownWords(_ requests: [GenerationRequest], _ model: Model) {
        var words: [String] = []
        var seen: Set<String> = []
        for request in requests {
            guard case .text(let prompt) = request.prompt, seen.insert(prompt).inserted else { continue }
            for word in model.unknownWords(in: prompt) where !words.contains(word) { words.append(word) }
            if words.count > 20 { break }
        }
        guard !words.isEmpty else { return }
        let rest = words.count > 20 ? ", and others" : ""
        Diagnostics.warn("not in the vocabulary of \(model.name): \(words.prefix(20).joined(separator: ", "))\(rest)")
    }

    func printSettings(_ model: ModelDescription, _ request: GenerationRequest, isRepeated: Bool) {
        let other = isRepeated ? "picture" : "model"
        func origin(_ flag: Any?, _ other: String) -> String { flag == nil ? other : "flag" }
        let asked: Any? = size.size ?? size.width ?? size.height
        let cores = ProcessInfo.processInfo.activeProcessorCount
        var rows = [
            ("model", model.folder, origin(self.model.model, isRepeated ? "picture" : "library")),
            ("family", model.family, "model"),
            ("size", request.size.description, origin(asked, other)),
            (
                "quality", "\(request.size.quality.rawValue) (\(request.size.tokenCount) tokens)",
                origin(size.quality, other)
            ),
            ("tokens", "\(request.drawnTokens)", origin(budget.tokens, isRepeated ? "picture" : "default")),
            ("seed", "\(request.seed)", origin(seed, isRepeated ? "picture" : "random")),
            ("count", "\(pictureCount)", origin(count, "default")),
        ]
        rows += sampling.origins(request.sampling, over: model, isRepeated: isRepeated)
        rows.append(
            (
                "negative_prompt", request.negativePrompt?.shown ?? "",
                origin(negative, isRepeated ? "picture" : "default")
            ))
        rows.append(("batch_size", batchSize.map(String.init) ?? "as memory allows", origin(batchSize, "default")))
        rows.append(("threads", "\(threads.threads ?? cores)", origin(threads.threads, "cores")))
        for (name, value, origin) in rows {
            print(name.padding(toLength: 18, withPad: " ", startingAt: 0), value, "(\(origin))")
        }
    }
}
