// Starts rows from their prefixes.

import WeftTensor

extension DecoderState {
    /// Resets rows to their prefixes and leaves the logits after each prefix's last token.
    ///
    /// Equal prefixes are computed once: their keys, values and logits are copied to the other rows. A prefix that stands in
    /// a row since an earlier call is not computed again, whatever the row was fed since. Throws
    /// ``DecoderError``, before anything has changed, for a row that does not exist or is listed twice, a token outside
    /// of the text vocabulary, embeddings that are not finite or not of the decoder's width, a prefix that is empty or
    /// too long, and a grid without columns.
    package func prefill(_ prefixes: [Prefix]) throws {
        call += 1
        for prefix in prefixes { try check(prefix) }
        var owners: [Prefix.Content: Int] = [:]  // the row that computes a prefix
        var copies: [(from: Int, to: Int, length: Int)] = []
        var outputs = 0
        var count = 0
        let width = plan.configuration.hiddenSize
        for prefix in prefixes {
            let length = length(of: prefix)
            rows[prefix.row] = Row(prefix: length, columns: prefix.columns)
            if let owner = owners[prefix.content] {
                copies.append((owner, prefix.row, length))
                heldPrefixes[prefix.row] = prefix.content
                continue
            }
            if let holder = holder(of: prefix) {
                copyCache(from: holder, to: prefix.row, length: length)
                let end = prefixEnd(holder)
                prefixEnd(prefix.row).update(from: end, count: width)
                (buffers.last.pointer + outputs * width).update(from: end, count: width)
                heldPrefixes[prefix.row] = prefix.content
                buffers.outputRows[outputs] = prefix.row
                outputs += 1
                continue
            }
            owners[prefix.content] = prefix.row
            heldPrefixes[prefix.row] = prefix.content
            for index in 0..<length {
                append(prefix, index, of: length, at: count, output: index == length - 1 ? outputs : -1)
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
        for output in 0..<outputs {
            prefixEnd(buffers.outputRows[output]).update(from: buffers.last.pointer + output * width, count: width)
        }
        finish(outputs: outputs)
        for copy in copies { self.copy(from: copy.from, to: copy.to, length: copy.length) }
    }

    /// A row whose cache begins with the prefix: the prefix's own row if it does, else the first one.
    private func holder(of prefix: Prefix) -> Int? {
        heldPrefixes[prefix.row] == prefix.content ? prefix.row : heldPrefixes.firstIndex(of: prefix.content)
    }

    /// The normalised hidden state `[hiddenSize]` after a row's prefix.
    private func prefixEnd(_ row: Int) -> UnsafeMutablePointer<Float> {
        buffers.prefixEnds.pointer + row * plan.configuration.hiddenSize
    }

    private func length(of prefix: Prefix) -> Int { prefix.count(hiddenSize: plan.configuration.hiddenSize) }

    private func check(_ prefix: Prefix) throws {
        let row = try checked(prefix.row)
        let length = length(of: prefix)
        switch prefix.content {
        case .tokens(let tokens):
            for token in tokens { try checkText(token, row: row) }
        case .embeddings(let embeddings):
            let width = plan.configuration.hiddenSize
            guard embeddings.count % width == 0 else {
                throw DecoderError(.token, "row \(row): \(embeddings.count) numbers are no embeddings of \(width)")
            }
            guard embeddings.allSatisfy(\.isFinite) else {
                throw DecoderError(.token, "row \(row): an embedding of the prefix is not finite")
            }
        }
        guard length > 0 else { throw DecoderError(.token, "row \(row): the prefix is empty") }
        guard length <= plan.prefixCapacity else {
            throw DecoderError(
                .capacity, "row \(row): a prefix of \(length) tokens exceeds the \(plan.prefixCapacity) planned")
        }
        guard prefix.columns > 0 else { throw DecoderError(.grid, "row \(row): a grid of \(prefix.columns) columns") }
    }

    /// Puts one token of a prefix in the list of the next pass.
    private func append(_ prefix: Prefix, _ index: Int, of length: Int, at place: Int, output: Int) {
        let rope = plan.configuration.rope
        let coordinate = Int32(rope.kind == .grid ? index - length : index)
        var entry = DecoderEntry(
            row: Int32(prefix.row), position: Int32(index), gridRow: coordinate, gridColumn: coordinate, token: 0,
            output: Int32(output), source: .ready, isZeroed: rope.prefix == .zeroed)
        switch prefix.content {
        case .tokens(let tokens): (entry.token, entry.source) = (Int32(tokens[index]), .text)
        case .embeddings(let embeddings):
            let width = plan.configuration.hiddenSize
            for element in 0..<width {
                buffers.hidden.pointer[place * width + element] = embeddings[index * width + element]
            }
        }
        buffers.entries[place] = entry
    }

    private func copy(from source: Int, to target: Int, length: Int) {
        copyCache(from: source, to: target, length: length)
        prefixEnd(target).update(from: prefixEnd(source), count: plan.configuration.hiddenSize)
        logits(target).baseAddress?.update(from: logits(source).baseAddress!, count: logits(source).count)
    }

    private func copyCache(from source: Int, to target: Int, length: Int) {
        guard source != target else { return }
        pool.run(plan.configuration.layers, LayerCopies(state: self, source: source, target: target, length: length))
    }

    /// The pieces of ``copyCache(from:to:length:)``: the heads of one layer each.
    private struct LayerCopies: PoolWork {
        let state: DecoderState
        let source: Int
        let target: Int
        let length: Int

        func run(piece layer: Int) {
            for head in 0..<state.plan.configuration.kvHeads {
                state.layout.copy(
                    length: length, from: state.cache(layer: layer, row: source, head: head),
                    to: state.cache(layer: layer, row: target, head: head))
            }
        }
    }
}
