// Starts rows from their prefixes.

import WeftTensor

extension DecoderState {
    /// Resets rows to their prefixes and leaves the logits after each prefix's last token.
    ///
    /// Equal token lists are computed once: their keys, values and logits are copied to the other rows. Throws
    /// ``DecoderError``, before anything has changed, for a row that does not exist or is listed twice, a token outside
    /// of the text vocabulary, a prefix that is empty or too long, and a grid without columns.
    package func prefill(_ prefixes: [Prefix]) throws {
        call += 1
        for prefix in prefixes { try check(prefix) }
        var owners: [[Int]: Int] = [:]  // the row that computes a token list
        var copies: [(from: Int, to: Int, length: Int)] = []
        var outputs = 0
        var count = 0
        for prefix in prefixes {
            rows[prefix.row] = Row(prefix: prefix.tokens.count, visual: 0, columns: prefix.columns)
            if let owner = owners[prefix.tokens] {
                copies.append((owner, prefix.row, prefix.tokens.count))
                continue
            }
            owners[prefix.tokens] = prefix.row
            for index in prefix.tokens.indices {
                let isLast = index == prefix.tokens.count - 1
                buffers.entries[count] = entry(prefix, index, output: isLast ? outputs : -1)
                count += 1
                if count == plan.chunk {
                    forward(count)
                    count = 0
                }
            }
            buffers.outputRows[outputs] = prefix.row
            outputs += 1
        }
        forward(count)
        finish(outputs: outputs)
        for copy in copies { self.copy(from: copy.from, to: copy.to, length: copy.length) }
    }

    private func check(_ prefix: Prefix) throws {
        let row = try checked(prefix.row)
        guard !prefix.tokens.isEmpty else { throw DecoderError(.token, "row \(row): the prefix is empty") }
        guard prefix.tokens.count <= plan.prefixCapacity else {
            throw DecoderError(
                .capacity,
                "row \(row): a prefix of \(prefix.tokens.count) tokens exceeds the \(plan.prefixCapacity) planned")
        }
        guard prefix.columns > 0 else { throw DecoderError(.grid, "row \(row): a grid of \(prefix.columns) columns") }
        for token in prefix.tokens where token < 0 || token >= plan.configuration.textVocabulary {
            throw DecoderError(
                .token, "row \(row): text token \(token) is not in 0..<\(plan.configuration.textVocabulary)")
        }
    }

    private func entry(_ prefix: Prefix, _ index: Int, output: Int) -> DecoderEntry {
        let isGrid = plan.configuration.rope.kind == .grid
        let coordinate = Int32(isGrid ? index - prefix.tokens.count : index)
        return DecoderEntry(
            row: Int32(prefix.row), position: Int32(index), gridRow: coordinate, gridColumn: coordinate,
            token: Int32(prefix.tokens[index]), output: Int32(output), isVisual: false,
            isZeroed: plan.configuration.rope.prefix == .zeroed)
    }

    private func copy(from source: Int, to target: Int, length: Int) {
        for layer in 0..<plan.configuration.layers {
            for head in 0..<plan.configuration.kvHeads {
                layout.copy(
                    length: length, from: cache(layer: layer, row: source, head: head),
                    to: cache(layer: layer, row: target, head: head))
            }
        }
        logits(target).baseAddress?.update(from: logits(source).baseAddress!, count: logits(source).count)
    }
}
