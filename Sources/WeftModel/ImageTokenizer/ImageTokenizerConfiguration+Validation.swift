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
        guard let encoder else { return }
        if norm == .spatial || temporal != nil {
            throw ImageTokenizerError.configuration("encoder", "does not go with spatial norms or temporal layers")
        }
        try validate(encoder, "encoder")
        if downsampling(encoder) != downsampling(decoder) {
            throw ImageTokenizerError.configuration(
                "encoder.channels",
                "\(encoder.channels) makes \(downsampling(encoder)) pixels a token, decoder.channels "
                    + "\(decoder.channels) \(downsampling(decoder))")
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
