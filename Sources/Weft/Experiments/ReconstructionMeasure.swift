// What the image tokenizer keeps of a picture at each size and budget.

import WeftPixels

/// Encodes reference pictures at the sizes and budgets of an experiment, decodes them, and compares.
///
/// The reference of a prompt and seed is the picture that was drawn with the most tokens, of several the first, or one of
/// the pictures that are given. It is brought to the size in question and encoded; the first tokens of the budget are
/// kept, the mean of the codebook stands for the others, and the peak signal-to-noise ratio of the picture that is decoded
/// from them is measured. So the figure says what that many tokens can hold at best, whatever the transformer does.
struct ReconstructionMeasure {
    private let model: Model
    private let references: [Picture]?

    /// Measures with a model that has an encoder.
    init(_ model: Model, references: [Picture]?) {
        self.model = model
        self.references = references.flatMap { $0.isEmpty ? nil : $0 }
    }

    private struct Size: Hashable {
        let reference: Int
        let drawn: PictureSize
    }

    private struct Budget: Hashable {
        let size: Size
        let tokens: Int
    }

    /// A reference at a size, and all of its tokens.
    private struct Encoded {
        let picture: Picture
        let grid: TokenGrid
    }

    /// Fills in the ratio of every record.
    ///
    /// Throws an error for a picture that cannot be encoded.
    ///
    /// - Parameter sizes: what each of the records was drawn as
    func measure(_ records: inout [ExperimentRecord], sizes: [PictureSize]) throws {
        var pictures: [Picture] = references ?? []
        var places: [String: Int] = [:]
        var best: [String: Int] = [:]
        func name(_ record: ExperimentRecord) -> String { "\(record.seed) \(record.promptID)" }
        for (index, record) in records.enumerated() {
            let name = name(record)
            let isBetter = best[name].map { records[$0].tokens < record.tokens } ?? true
            if isBetter { best[name] = index }
            if places[name] == nil { places[name] = places.count }
        }
        if references == nil {
            var own = [Picture?](repeating: nil, count: places.count)
            for (name, index) in best { own[places[name] ?? 0] = try PNG.decode(records[index].png).0 }
            pictures = own.compactMap { $0 }
        }
        var encoded: [Size: Encoded] = [:]
        var ratios: [Budget: Double] = [:]
        for index in records.indices {
            let record = records[index]
            let size = Size(reference: (places[name(record)] ?? 0) % pictures.count, drawn: sizes[index])
            let whole = try encoded[size] ?? encode(pictures[size.reference], size.drawn)
            encoded[size] = whole
            let budget = Budget(size: size, tokens: record.tokens)
            let ratio = try ratios[budget] ?? self.ratio(whole, tokens: record.tokens)
            ratios[budget] = ratio
            records[index].psnr = ratio
        }
    }

    private func encode(_ reference: Picture, _ size: PictureSize) throws -> Encoded {
        let picture = try reference.filling(width: size.width, height: size.height)
        return Encoded(picture: picture, grid: try model.encode(picture, size: size))
    }

    private func ratio(_ whole: Encoded, tokens: Int) throws -> Double {
        var grid = whole.grid
        if tokens < grid.tokens.count {
            grid.tokens = Array(grid.tokens.prefix(tokens))
            grid.drawn = tokens
            grid.fill = .mean
        }
        return try peakSignalToNoise(whole.picture, model.decode(grid))
    }
}
