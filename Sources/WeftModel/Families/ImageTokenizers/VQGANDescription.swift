// What a YAML file beside a VQGAN says about it.

import Foundation

/// The few keys of `vqgan.yaml` or `config.yaml` that describe the network, wherever in the file they stand.
///
/// The network itself is read from the tensors; the file tells whether they are what was meant. Only lines of the form
/// `key: value`, lists in brackets and lists of lines that begin with a dash are understood; other lines are skipped.
struct VQGANDescription {
    private static let largestFile = 1 << 16
    private static let counts = ["ch", "num_res_blocks", "z_channels", "n_embed", "embed_dim", "out_ch"]
    /// Keys that change the network without a trace in its tensors, and the values for which they do not.
    private static let switches = [
        "tanh_out": ["false"], "give_pre_end": ["false"], "remap": ["null", "~", ""], "attn_type": ["vanilla"],
        "use_linear_attn": ["false"],
    ]

    private struct Value<Content> {
        let content: Content
        let line: Int
    }

    private let path: String
    private var numbers: [String: Value<Int>] = [:]
    private var multipliers: Value<[Int]>?

    /// Reads a file; throws ``CheckpointError`` that names file and line for one that cannot be read, has more than
    /// 64 KiB, or has a key of interest with a value of another kind.
    init(path: String) throws {
        guard let file = FileHandle(forReadingAtPath: path) else { throw CheckpointError(path, "cannot be opened") }
        defer { try? file.close() }
        guard let data = try? file.read(upToCount: VQGANDescription.largestFile + 1) ?? Data() else {
            throw CheckpointError(path, "cannot be read")
        }
        guard data.count <= VQGANDescription.largestFile, let text = String(bytes: data, encoding: .utf8) else {
            throw CheckpointError(path, "is not text of at most \(VQGANDescription.largestFile) bytes")
        }
        try self.init(text: text, path: path)
    }

    /// Reads text; `path` is what errors call it.
    init(text: String, path: String) throws {
        self.path = path
        var list: (line: Int, items: [Int])?  // a ch_mult whose items stand on lines of their own
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() {
            let number = index + 1
            let content = line.prefix { $0 != "#" }.trimmingCharacters(in: .whitespaces)
            if content.isEmpty { continue }
            if let open = list, content.hasPrefix("-") {
                list?.items.append(try integer(content.dropFirst(), "ch_mult", number))
                if open.items.count >= ImageTokenizerLayout.mostLevels { throw tooMany(number) }
                continue
            }
            if let closed = list { multipliers = Value(content: closed.items, line: closed.line) }
            list = nil
            guard let colon = content.firstIndex(of: ":") else { continue }
            let key = String(content[..<colon])
            let value = content[content.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            if key == "ch_mult" {
                if value.isEmpty {
                    list = (number, [])
                } else {
                    multipliers = Value(content: try items(value, number), line: number)
                }
            } else if VQGANDescription.counts.contains(key) {
                numbers[key] = Value(content: try integer(value, key, number), line: number)
            } else if let usable = VQGANDescription.switches[key], !usable.contains(value.lowercased()) {
                throw CheckpointError(path, "line \(number): \(key): \(shortened(value)) is not supported")
            }
        }
        if let closed = list { multipliers = Value(content: closed.items, line: closed.line) }
    }

    /// Throws ``CheckpointError`` for the first key that says something else than the tensors.
    func check(_ configuration: ImageTokenizerConfiguration) throws {
        let decoder = configuration.decoder
        try compare("n_embed", configuration.codebookSize)
        try compare("embed_dim", configuration.codebookDim)
        try compare("z_channels", configuration.latentChannels)
        try compare("out_ch", 3)
        if let blocks = numbers["num_res_blocks"], decoder.residualBlocks.contains(where: { $0 != blocks.content + 1 })
        {
            throw CheckpointError(
                path,
                "line \(blocks.line): num_res_blocks: \(blocks.content), but the decoder's tensors make "
                    + "\(decoder.residualBlocks) blocks, which should be one more each")
        }
        guard let width = numbers["ch"], let multipliers else { return }
        let channels = multipliers.content.map { $0.multipliedReportingOverflow(by: width.content) }
        if channels.contains(where: \.overflow) || channels.map(\.partialValue) != decoder.channels {
            throw CheckpointError(
                path,
                "line \(multipliers.line): ch_mult: \(multipliers.content) times ch \(width.content), but the tensors' "
                    + "channels are \(decoder.channels)")
        }
    }

    private func compare(_ key: String, _ value: Int) throws {
        guard let stated = numbers[key], stated.content != value else { return }
        throw CheckpointError(path, "line \(stated.line): \(key): \(stated.content), but the tensors make it \(value)")
    }

    private func items(_ text: String, _ line: Int) throws -> [Int] {
        guard text.hasPrefix("["), text.hasSuffix("]"), text.count > 1 else {
            throw CheckpointError(path, "line \(line): ch_mult: \(shortened(text)) is not a list")
        }
        let items = text.dropFirst().dropLast().split(separator: ",")
        if items.count > ImageTokenizerLayout.mostLevels { throw tooMany(line) }
        return try items.map { try integer($0, "ch_mult", line) }
    }

    private func integer(_ text: some StringProtocol, _ key: String, _ line: Int) throws -> Int {
        let text = text.trimmingCharacters(in: .whitespaces)
        if let value = Int(text), value >= 0 { return value }
        throw CheckpointError(path, "line \(line): \(key): \(shortened(text)) is not a whole number")
    }

    private func tooMany(_ line: Int) -> CheckpointError {
        CheckpointError(path, "line \(line): ch_mult: more than \(ImageTokenizerLayout.mostLevels) levels")
    }

    private func shortened(_ text: String) -> String {
        let printable = text.unicodeScalars.prefix(40).map { $0.properties.generalCategory == .control ? "?" : $0 }
        return "\"\(String(String.UnicodeScalarView(printable)))\""
    }
}
