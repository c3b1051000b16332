// What the values of an image tokenizer's configuration may be.

extension ImageTokenizerConfiguration {
    /// Throws ``ImageTokenizerError`` that names the first key whose value is impossible, and the value.
    package func validate() throws {
        try check("codebook_size", codebookSize, in: 1...1 << 24)
        try check("codebook_dim", codebookDim, in: 1...4096)
        try check("latent_channels", latentChannels, in: 1...8192)
        try check("patch", patch, in: 1...32)
        if !(normEpsilon > 0 && normEpsilon < 1) {
            throw ImageTokenizerError.configuration("norm_eps", "\(normEpsilon) is not in (0, 1)")
        }
        if norm != .channel {
            guard let normGroups else { throw ImageTokenizerError.configuration("norm_groups", "is missing") }
            try check("norm_groups", normGroups, in: 1...8192)
        }
        try validateLevels()
        try validateTemporal()
        try validate(decoder, "decoder")
        try validateEncoder()
        try validateHeads()
    }

    private func validateEncoder() throws {
        guard let encoder else { return }
        if norm == .spatial || temporal != nil {
            throw ImageTokenizerError.configuration("encoder", "does not go with spatial norms or temporal layers")
        }
        let key: String
        let value: String
        switch encoder {
        case .levels(let stack):
            try validate(stack, "encoder")
            if stack.heads != nil { throw ImageTokenizerError.configuration("encoder.heads", "belongs to the decoder") }
            (key, value) = ("encoder.channels", "\(stack.channels)")
        case .linear(let patch):
            try check("encoder.patch", patch, in: 1...32)
            (key, value) = ("encoder.patch", "\(patch)")
        }
        // Heads say themselves what they make of a token.
        if decoder.heads == nil, let pixels = encoderDownsampling, pixels != downsampling(decoder) {
            throw ImageTokenizerError.configuration(
                key,
                "\(value) makes \(pixels) pixels a token, decoder.channels \(decoder.channels) "
                    + "\(downsampling(decoder))")
        }
    }

    private func validateHeads() throws {
        guard let heads = decoder.heads else { return }
        if norm == .spatial || temporal != nil {
            throw ImageTokenizerError.configuration(
                "decoder.heads", "does not go with spatial norms or temporal layers")
        }
        if let patch = decoder.patch {
            throw ImageTokenizerError.configuration("decoder.patch", "\(patch) has no meaning beside heads")
        }
        for (index, head) in heads.enumerated() {
            let place = "decoder.heads[\(index)]"
            try check("\(place).scale", head.scale, in: 1...32)
            try check("\(place).level", head.level, in: 0...decoder.channels.count - 1)
            try check("\(place).patch", head.patch, in: 1...32)
            if heads[..<index].contains(where: { $0.scale == head.scale }) {
                throw ImageTokenizerError.configuration("\(place).scale", "\(head.scale) has a head before")
            }
        }
        guard scales.contains(1) else {
            throw ImageTokenizerError.configuration("decoder.heads", "\(scales) has no head of scale 1")
        }
        for (index, head) in heads.enumerated() where downsampling(head) != downsampling * head.scale {
            throw ImageTokenizerError.configuration(
                "decoder.heads[\(index)]",
                "patch \(head.patch) at level \(head.level) of \(decoder.channels.count) makes \(downsampling(head)) "
                    + "pixels a token, not \(head.scale) times \(downsampling)")
        }
    }

    private func validateLevels() throws {
        guard quantizer.kind == .scalar else {
            if let levels = quantizer.levels {
                throw ImageTokenizerError.configuration(
                    "quantizer.levels", "\(levels) has no meaning for the kind \(quantizer.kind.rawValue)")
            }
            return
        }
        guard let levels = quantizer.levels else {
            throw ImageTokenizerError.configuration("quantizer.levels", "is missing")
        }
        for level in levels { try check("quantizer.levels", level, in: 2...65536) }
        if levels.count != codebookDim {
            throw ImageTokenizerError.configuration(
                "quantizer.levels", "\(levels) has not one entry for each of the \(codebookDim) of codebook_dim")
        }
        // The product cannot overflow: a wrong one is found as soon as it is above the codebook size.
        var product = 1
        for level in levels where product <= codebookSize { product *= level }
        if product != codebookSize {
            throw ImageTokenizerError.configuration(
                "quantizer.levels", "the product of \(levels) is not the codebook_size \(codebookSize)")
        }
    }

    private func validateTemporal() throws {
        guard let temporal else { return }
        try check("temporal.residual_blocks", temporal.residualBlocks, in: 0...64)
        try check("temporal.convolutions", temporal.convolutions, in: 0...64)
        if norm == .spatial && latentChannels != codebookDim {
            throw ImageTokenizerError.configuration(
                "temporal", "needs latent_channels \(latentChannels) to be codebook_dim \(codebookDim)")
        }
    }

    private func validate(_ stack: Stack, _ place: String) throws {
        try check("\(place).channels: the count of levels", stack.channels.count, in: 1...8)
        if let patch = stack.patch { try check("\(place).patch", patch, in: 1...32) }
        if ![1, 3].contains(stack.kernel) {
            throw ImageTokenizerError.configuration("\(place).kernel", "\(stack.kernel) is not 1 or 3")
        }
        for width in stack.channels {
            try check("\(place).channels", width, in: 1...8192)
            if norm != .channel, let normGroups, width % normGroups != 0 {
                throw ImageTokenizerError.configuration(
                    "\(place).channels", "\(width) is not a multiple of norm_groups \(normGroups)")
            }
        }
        for count in stack.residualBlocks { try check("\(place).residual_blocks", count, in: 0...64) }
        try check(stack.residualBlocks.count, "\(place).residual_blocks", "\(stack.residualBlocks)", stack)
        // Residual blocks change the width, so a level without them has that of the level before it.
        let order = place == "encoder" ? Array(stack.channels.indices) : stack.channels.indices.reversed()
        for (before, index) in zip(order, order.dropFirst())
        where stack.residualBlocks[index] == 0 && stack.channels[index] != stack.channels[before] {
            throw ImageTokenizerError.configuration(
                "\(place).channels", "\(stack.channels): a level without residual blocks cannot change the width")
        }
        try check(stack.attention.count, "\(place).attention", "\(stack.attention)", stack)
    }

    private func check(_ count: Int, _ key: String, _ value: String, _ stack: Stack) throws {
        if count != stack.channels.count {
            throw ImageTokenizerError.configuration(
                key, "\(value) has not one entry for each of the channels \(stack.channels)")
        }
    }

    private func check(_ key: String, _ value: Int, in range: ClosedRange<Int>) throws {
        if !range.contains(value) {
            throw ImageTokenizerError.configuration(
                key, "\(value) is not in \(range.lowerBound)...\(range.upperBound)")
        }
    }
}
