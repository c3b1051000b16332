// How the image tokenizers of other projects name their tensors, and what these say about the network.

package import WeftTensor

/// An image tokenizer's layout, known by the names of its tensors; its sizes are read from their shapes.
///
/// Known are LlamaGen's VQ (its own, and in Janus as published and as ported to transformers), that of
/// taming-transformers (Chameleon, Anole, Lumina-mGPT, Liquid; IBQ in Emu3.5), and Emu3's video tokenizer as published
/// and as ported.
package struct ImageTokenizerLayout: Sendable {
    /// What the network is made of; without an encoder if none was asked for.
    package let configuration: ImageTokenizerConfiguration
    /// Where the tensors stand.
    package let names: TensorNames
    /// What the files hold beside them.
    package let ignored: [String]
    /// How colours become bytes.
    package let rounding: PixelRounding

    /// One way of naming.
    private struct Naming: Sendable {
        /// What stands before all names.
        let prefix: String
        /// The levels of the decoder, such as `decoder.up.`, the blocks and the attentions in them.
        let levels: String
        let block: String
        let attention: String
        /// The norm of attention `a` of a level; nil if it stands in the attention.
        let attentionNorm: String?
        /// The three middle blocks, and the norm of the attention among them if it stands apart.
        let middle: [String]
        let middleNorm: String?
        /// Whether level 0 is that of the lowest resolution.
        let lowestFirst: Bool
        /// The projections of attentions.
        let projections: [String]
        /// Whether codebook rows have unit length.
        let isNormalised: Bool
        let isVideo: Bool
        let rounding: PixelRounding
        /// The levels of the encoder; nil if it is of a kind that cannot be run.
        let encoderLevels: String?

        /// LlamaGen's own names.
        static func llamaGen(_ prefix: String, _ rounding: PixelRounding) -> Naming {
            Naming(
                prefix: prefix, levels: "decoder.conv_blocks.", block: "res", attention: "attn", attentionNorm: nil,
                middle: ["0", "1", "2"].map { "mid.\($0)" }, middleNorm: nil, lowestFirst: true,
                projections: ["q", "k", "v", "proj_out"], isNormalised: true, isVideo: false, rounding: rounding,
                encoderLevels: "encoder.conv_blocks.")
        }

        /// The names of taming-transformers, which transformers' port of Janus has in another order.
        static func taming(_ prefix: String, lowestFirst: Bool, isVideo: Bool = false) -> Naming {
            Naming(
                prefix: prefix, levels: "decoder.up.", block: "block", attention: "attn", attentionNorm: nil,
                middle: ["block_1", "attn_1", "block_2"].map { "mid.\($0)" }, middleNorm: nil, lowestFirst: lowestFirst,
                projections: ["q", "k", "v", "proj_out"], isNormalised: lowestFirst, isVideo: isVideo,
                rounding: .truncated, encoderLevels: isVideo ? nil : "encoder.down.")
        }

        /// The names of transformers' port of Emu3.
        static func emu3(_ prefix: String) -> Naming {
            Naming(
                prefix: prefix, levels: "decoder.up_block.up.", block: "block", attention: "attn",
                attentionNorm: "attn_norms", middle: ["block_1", "attn_1", "block_2"].map { "middle_block.\($0)" },
                middleNorm: "middle_block.attn_norm", lowestFirst: false,
                projections: ["q_proj", "k_proj", "v_proj", "out_proj"], isNormalised: false, isVideo: true,
                rounding: .truncated, encoderLevels: nil)
        }
    }

    /// Finds out the layout of opened files.
    ///
    /// Throws ``CheckpointError`` if none is known, `WeightsError` for a tensor that is missing or of an impossible shape.
    ///
    /// - Parameter encoder: whether the encoder is wanted too, where there is one
    package init(_ files: [any TensorFile], encoder: Bool = false) throws {
        let shapes = Shapes(files)
        guard let naming = Self.naming(shapes) else {
            throw CheckpointError(shapes.paths, "holds no image tokenizer of a known kind")
        }
        let prefix = naming.prefix
        let levels = shapes.count { "\(prefix)\(naming.levels)\($0).\(naming.block).0.conv1.weight" }
        let codebook = try shapes.of(prefix + "quantize.embedding.weight", dimensions: 2)
        let latent = try shapes.of(prefix + "decoder.conv_in.weight", dimensions: 4)[1]
        let decoder = try Self.stack(
            shapes, prefix: prefix + naming.levels, part: prefix + "decoder.", naming, levels: levels,
            lowestFirst: naming.lowestFirst)
        var encoderStack: ImageTokenizerConfiguration.Stack?
        if encoder, let place = naming.encoderLevels, shapes.has(prefix + "encoder.conv_in.weight") {
            encoderStack = try Self.stack(
                shapes, prefix: prefix + place, part: prefix + "encoder.", naming, levels: levels, lowestFirst: false)
        }
        let time =
            naming.isVideo
            ? ImageTokenizerConfiguration.Time(
                residualBlocks: shapes.count { "\(prefix)decoder.time_res_stack.\($0).conv1.conv.weight" },
                convolutions: shapes.count { "\(prefix)decoder.time_conv.\($0).conv.conv.weight" })
            : nil
        configuration = ImageTokenizerConfiguration(
            codebookSize: codebook[0], codebookDim: codebook[1],
            quantizer: .init(kind: naming.isNormalised ? .l2 : .plain),
            latentChannels: latent, norm: naming.isVideo ? .spatial : .group, normGroups: 32, normEpsilon: 1e-6,
            time: time, encoder: encoderStack, decoder: decoder)
        names = Self.names(naming, levels: levels)
        rounding = naming.rounding
        ignored = Self.ignored(shapes, prefix: prefix, encoder: encoderStack != nil)
    }

    private static func naming(_ shapes: Shapes) -> Naming? {
        for (prefix, rounding) in [("", PixelRounding.nearest), ("gen_vision_model.", .truncated)]
        where shapes.has("\(prefix)decoder.conv_blocks.0.res.0.conv1.weight") { return .llamaGen(prefix, rounding) }
        for prefix in ["", "vqmodel.", "model.vqmodel."] {
            if shapes.has("\(prefix)decoder.up_block.up.0.block.0.conv1.weight") { return .emu3(prefix) }
            guard shapes.has("\(prefix)decoder.up.0.block.0.conv1.weight") else { continue }
            let isVideo = shapes.has("\(prefix)decoder.time_res_stack.0.conv1.conv.weight")
            // Only the port of Janus has the lowest resolution first; its tensors stand behind a prefix.
            return .taming(prefix, lowestFirst: !prefix.isEmpty && !isVideo, isVideo: isVideo)
        }
        return nil
    }

    /// The levels of one half of the network, the highest resolution first.
    private static func stack(
        _ shapes: Shapes, prefix: String, part: String, _ naming: Naming, levels: Int, lowestFirst: Bool
    ) throws -> ImageTokenizerConfiguration.Stack {
        var stack = ImageTokenizerConfiguration.Stack(
            channels: [], residualBlocks: [], attention: [],
            middle: shapes.has("\(part)\(naming.middle[0]).conv1.weight"),
            middleAttention: shapes.has("\(part)\(naming.middle[1]).\(naming.projections[0]).weight"))
        for level in 0..<levels {
            let name = "\(prefix)\(lowestFirst ? levels - 1 - level : level)."
            let blocks = shapes.count { "\(name)\(naming.block).\($0).conv1.weight" }
            stack.channels.append(try shapes.of("\(name)\(naming.block).0.conv1.weight", dimensions: 4)[0])
            stack.residualBlocks.append(blocks)
            stack.attention.append(shapes.has("\(name)\(naming.attention).0.\(naming.projections[0]).weight"))
        }
        return stack
    }

    // MARK: - Names

    private static func names(_ naming: Naming, levels: Int) -> TensorNames {
        TensorNames { name in
            let prefix = naming.prefix
            if naming.isVideo, let place = videoPlace(name, prefix) { return place }
            for half in ["decoder.", "encoder."] where name.hasPrefix(half) {
                let rest = String(name.dropFirst(half.count))
                return TensorPlace(prefix + halfName(rest, half: half, naming, levels: levels))
            }
            return TensorPlace(prefix + name)
        }
    }

    /// A convolution over time, of which only the last tap is needed.
    private static func videoPlace(_ name: String, _ prefix: String) -> TensorPlace? {
        let isTime = name.hasPrefix("post_quant_conv.") || name.hasPrefix("decoder.time_conv.")
        guard isTime || (name.hasPrefix("decoder.time_res_stack.") && name.contains(".conv")) else { return nil }
        let parts = name.split(separator: ".")
        let place = parts.dropLast().joined(separator: ".")
        let inner = name.hasPrefix("decoder.time_conv.") ? ".conv.conv." : ".conv."
        return TensorPlace(
            prefix + place + inner + (parts.last ?? ""), part: parts.last == "weight" ? .lastTap : .whole)
    }

    /// The name of a tensor of the encoder or decoder, given as LlamaGen has it without the half.
    private static func halfName(_ rest: String, half: String, _ naming: Naming, levels: Int) -> String {
        let parts = rest.split(separator: ".").map(String.init)
        if parts.count > 2, parts[0] == "mid", let index = Int(parts[1]) {
            if index == 1, parts[2] == "norm", let norm = naming.middleNorm {
                return half + ([norm] + parts[3...]).joined(separator: ".")
            }
            let inner = index == 1 ? projected(Array(parts[2...]), naming) : Array(parts[2...])
            return half + ([naming.middle[index]] + inner).joined(separator: ".")
        }
        guard parts.count > 3, parts[0] == "conv_blocks", let level = Int(parts[1]) else { return half + rest }
        let isDecoder = half == "decoder."
        let place = isDecoder && !naming.lowestFirst ? levels - 1 - level : level
        let start = "\(isDecoder ? naming.levels : naming.encoderLevels ?? half)\(place)."
        switch parts[2] {
        case "res": return start + ([naming.block] + parts[3...]).joined(separator: ".")
        case "attn":
            if parts.count > 4, parts[4] == "norm", let norm = naming.attentionNorm {
                return start + ([norm, parts[3]] + parts[5...]).joined(separator: ".")
            }
            return start
                + ([naming.attention, parts[3]] + projected(Array(parts[4...]), naming)).joined(separator: ".")
        default: return start + parts[2...].joined(separator: ".")
        }
    }

    /// The projections of an attention under the layout's names.
    private static func projected(_ parts: [String], _ naming: Naming) -> [String] {
        guard let first = parts.first, let index = ["q", "k", "v", "proj_out"].firstIndex(of: first) else {
            return parts
        }
        return [naming.projections[index]] + parts.dropFirst()
    }

    /// Whatever does not belong to the decoder: the rest of the checkpoint, and of the tokenizer what training needed.
    private static func ignored(_ shapes: Shapes, prefix: String, encoder: Bool) -> [String] {
        let own = encoder ? [] : ["encoder.", "quant_conv."]
        let extra = ["loss.", "discriminator.", "quantize.codebook_used", "*.num_batches_tracked", "ema.", "logvar"]
        let others = prefix.isEmpty ? [] : shapes.names.filter { !$0.hasPrefix(prefix) }
        return own.map { prefix + $0 } + extra.map { $0.hasPrefix("*") ? $0 : prefix + $0 } + others
    }
}

/// The shapes of all tensors of a checkpoint.
private struct Shapes {
    private let shapes: [String: [Int]]
    let paths: String

    init(_ files: [any TensorFile]) {
        var shapes: [String: [Int]] = [:]
        for file in files { for entry in file.entries { shapes[entry.name] = entry.shape } }
        self.shapes = shapes
        paths = files.map(\.path).joined(separator: ", ")
    }

    var names: [String] { shapes.keys.sorted() }

    func has(_ name: String) -> Bool { shapes[name] != nil }

    /// How many names there are, counted from 0 until one is missing.
    func count(_ name: (Int) -> String) -> Int {
        var count = 0
        while has(name(count)) { count += 1 }
        return count
    }

    /// The shape of a tensor that must have so many dimensions, none of them empty.
    func of(_ name: String, dimensions: Int) throws -> [Int] {
        guard let shape = shapes[name] else { throw WeightsError(file: paths, tensor: name, "is missing") }
        guard shape.count == dimensions, !shape.contains(where: { $0 < 1 }) else {
            throw WeightsError(file: paths, tensor: name, "has the shape \(shape) instead of \(dimensions) dimensions")
        }
        return shape
    }
}
