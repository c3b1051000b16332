// How the tokens of a picture were chosen: one line of a trace file.

import Foundation
import WeftPixels
public import WeftSampling

/// The probabilities, entropies and ranks of a picture's tokens, in the order in which they were drawn.
///
/// A trace file has one such object a line (JSON Lines). Lists have an element for each token that was drawn; numbers
/// are natural logarithms and nats, kept with the precision of a `Float`. `SampledToken` says which distributions they
/// belong to.
public struct PictureTrace: Sendable, Hashable, Codable {
    /// The name of the picture's file, without its folder; nil if only tokens were made.
    public var file: String?
    /// The prompt in words.
    public var prompt: String
    /// The seed.
    public var seed: UInt64
    /// Rows of the grid.
    public var rows: Int
    /// Columns of the grid.
    public var columns: Int
    /// The tokens.
    public var tokens: [Int]
    /// Natural logarithms of their probabilities in the distributions that they were drawn from.
    public var logProbability: [Float]
    /// Entropies of these distributions.
    public var entropy: [Float]
    /// Their places in these distributions, 0 for the most likely.
    public var rank: [Int]
    /// Natural logarithms of their probabilities under the model, after guidance alone.
    public var modelLogProbability: [Float]
    /// Entropies of the model's distributions, after guidance alone.
    public var modelEntropy: [Float]

    private enum CodingKeys: String, CodingKey {
        case file, prompt, seed, rows, columns, tokens, entropy, rank
        case logProbability = "log_probability"
        case modelLogProbability = "model_log_probability"
        case modelEntropy = "model_entropy"
    }

    /// The trace of a picture.
    ///
    /// - Parameters:
    ///   - request: what was asked for
    ///   - trace: how its tokens were chosen
    ///   - file: the picture's file, whose folder is left out
    public init(of request: GenerationRequest, trace: [SampledToken], file: String?) {
        self.file = file.map { URL(fileURLWithPath: $0).lastPathComponent }
        prompt = request.prompt.shown
        seed = request.seed
        rows = request.size.rows
        columns = request.size.columns
        tokens = trace.map(\.token)
        logProbability = trace.map { Float($0.logProbability) }
        entropy = trace.map { Float($0.entropy) }
        rank = trace.map(\.rank)
        modelLogProbability = trace.map { Float($0.modelLogProbability) }
        modelEntropy = trace.map { Float($0.modelEntropy) }
    }

    /// The line of a trace file, without its end.
    ///
    /// - Throws: an error for numbers that JSON does not have
    public func line() throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(self), as: UTF8.self)
    }

    /// Reads a trace file.
    ///
    /// - Throws: ``WeftError`` that names the file and the line that is no trace
    public static func read(path: String) throws -> [PictureTrace] {
        let text = String(decoding: try AtomicFile.read(path: path), as: UTF8.self)
        var traces: [PictureTrace] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            guard !line.allSatisfy(\.isWhitespace) else { continue }
            let trace: PictureTrace
            do {
                trace = try JSONDecoder().decode(PictureTrace.self, from: Data(line.utf8))
            } catch {
                throw WeftError(.invalidFile, "\(path):\(number + 1): is no line of a trace file")
            }
            try trace.check("\(path):\(number + 1)")
            traces.append(trace)
        }
        return traces
    }

    private func check(_ place: String) throws {
        let (count, overflow) = rows.multipliedReportingOverflow(by: columns)
        guard rows > 0, columns > 0, !overflow, (1...count).contains(tokens.count) else {
            throw WeftError(.invalidFile, "\(place): \(tokens.count) tokens for \(rows) rows of \(columns)")
        }
        let lengths = [
            logProbability.count, entropy.count, rank.count, modelLogProbability.count, modelEntropy.count,
        ]
        guard lengths.allSatisfy({ $0 == tokens.count }) else {
            throw WeftError(.invalidFile, "\(place): its lists have not the same length")
        }
    }

    /// One of the lists, for a heat map.
    public func values(of measure: TraceMeasure) -> [Double] {
        switch measure {
        case .logProbability: logProbability.map(Double.init)
        case .entropy: entropy.map(Double.init)
        case .rank: rank.map(Double.init)
        case .modelLogProbability: modelLogProbability.map(Double.init)
        case .modelEntropy: modelEntropy.map(Double.init)
        }
    }
}
