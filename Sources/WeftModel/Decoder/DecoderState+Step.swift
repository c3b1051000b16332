// Feeds tokens to rows after their prefixes.

import WeftTensor

extension DecoderState {
    /// Feeds tokens to the listed rows, without taking memory; leaves the logits after the last token of each.
    ///
    /// A row may stand several times in direct succession: its tokens then follow each other. They go through the layers
    /// together as far as the plan has room. Throws ``DecoderError``, before anything has changed, for a row that does
    /// not exist, is listed in two places, has no prefix or becomes too long, for a token outside of its vocabulary, and
    /// on a grid for text tokens, which have no place there.
    package func step(rows listed: UnsafeBufferPointer<Int>, tokens: UnsafeBufferPointer<FedToken>) throws {
        try check(listed, tokens)
        var (count, outputs) = (0, 0)
        for index in 0..<listed.count {
            let row = listed[index]
            let isLast = index + 1 == listed.count || listed[index + 1] != row
            append(tokens[index], row: row, at: count, output: isLast ? outputs : -1)
            if isLast {
                buffers.outputRows[outputs] = row
                outputs += 1
            }
            count += 1
            if count == plan.chunk {
                forward(count)
                count = 0
            }
        }
        forward(count)
        finish(outputs: outputs)
    }

    /// Feeds tokens to the listed rows, as ``step(rows:tokens:)`` with buffers does.
    package func step(rows listed: [Int], tokens: [FedToken]) throws {
        try listed.withUnsafeBufferPointer { rows in
            try tokens.withUnsafeBufferPointer { tokens in try step(rows: rows, tokens: tokens) }
        }
    }

    /// Feeds consecutive tokens to one row; throws as ``step(rows:tokens:)`` does, and for no tokens.
    package func extend(row: Int, tokens: [FedToken]) throws {
        guard !tokens.isEmpty else { throw DecoderError(.token, "row \(row): no tokens to feed") }
        try step(rows: [Int](repeating: row, count: tokens.count), tokens: tokens)
    }

    /// Throws for what ``step(rows:tokens:)`` names.
    func check(_ listed: UnsafeBufferPointer<Int>, _ tokens: UnsafeBufferPointer<FedToken>) throws {
        guard listed.count == tokens.count else {
            throw DecoderError(.token, "\(tokens.count) tokens for \(listed.count) rows")
        }
        call += 1
        var index = 0
        while index < listed.count {
            let row = try checked(listed[index])
            let start = index
            while index < listed.count, listed[index] == row {
                try check(tokens[index], row: row)
                index += 1
            }
            guard index - start <= plan.fedCapacity - rows[row].fed else {
                let total = rows[row].fed + index - start
                throw DecoderError(
                    .capacity, "row \(row): \(total) tokens after the prefix exceed the \(plan.fedCapacity) planned")
            }
        }
    }

    func check(_ token: FedToken, row: Int) throws {
        let configuration = plan.configuration
        guard rows[row].prefix > 0 else { throw DecoderError(.row, "row \(row) has no prefix yet") }
        guard token.isVisual else {
            guard configuration.rope.kind == .sequence else {
                throw DecoderError(.token, "row \(row): text token \(token.id) has no place on a grid")
            }
            return try checkText(token.id, row: row)
        }
        guard token.id >= 0, token.id < configuration.visualVocabulary else {
            throw DecoderError(
                .token, "row \(row): visual token \(token.id) is not in 0..<\(configuration.visualVocabulary)")
        }
    }

    /// Throws for a token outside of the text vocabulary.
    func checkText(_ token: Int, row: Int) throws {
        guard token >= 0, token < plan.configuration.textVocabulary else {
            throw DecoderError(
                .token, "row \(row): text token \(token) is not in 0..<\(plan.configuration.textVocabulary)")
        }
    }

    /// Puts a token at the end of a row and in the list of the next pass.
    func append(_ token: FedToken, row: Int, at index: Int, output: Int) {
        let state = rows[row]
        let position = state.prefix + state.fed
        let isGrid = plan.configuration.rope.kind == .grid
        buffers.entries[index] = DecoderEntry(
            row: Int32(row), position: Int32(position),
            gridRow: Int32(isGrid ? state.visual / state.columns : position),
            gridColumn: Int32(isGrid ? state.visual % state.columns : 0), token: Int32(token.id),
            output: Int32(output), source: token.isVisual ? .visual : .text, isZeroed: false)
        rows[row].fed += 1
        rows[row].visual += token.isVisual ? 1 : 0
    }
}
