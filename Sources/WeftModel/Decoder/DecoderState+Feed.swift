// Feeds rows tokens of which some may be taken back, and keeps the logits after several of them.

import WeftTensor

extension DecoderState {
    /// Feeds tokens to the listed rows as ``step(rows:tokens:)`` does, without taking memory; leaves the logits after every
    /// token that is wanted for ``fedLogits(_:)``, and those of ``logits(_:)`` as they are.
    ///
    /// - Parameters:
    ///   - listed: rows; each may stand several times in direct succession
    ///   - tokens: `[listed.count]`
    ///   - isWanted: `[listed.count]`; for a row at most as many as the plan has outputs in a step
    /// - Throws: ``DecoderError``, before anything has changed, as ``step(rows:tokens:)`` does
    package func feed(rows listed: [Int], tokens: [FedToken], isWanted: [Bool]) throws {
        precondition(isWanted.count == listed.count)
        call += 1
        try listed.withUnsafeBufferPointer { listed in
            try tokens.withUnsafeBufferPointer { tokens in try check(listed, tokens) }
        }
        var (count, outputs) = (0, 0)
        for index in listed.indices {
            precondition(!isWanted[index] || outputs < plan.outputs, "more than \(plan.outputs) outputs")
            append(tokens[index], row: listed[index], at: count, output: isWanted[index] ? outputs : -1)
            outputs += isWanted[index] ? 1 : 0
            count += 1
            if count == plan.chunk {
                forward(count)
                count = 0
            }
        }
        forward(count)
        stageLogits(outputs)
    }

    /// The logits `[visualVocabulary]` after a wanted token of the last ``feed(rows:tokens:isWanted:)``, counted from 0 in
    /// the order of its list; may be changed, for the next call writes them anew.
    package func fedLogits(_ output: Int) -> UnsafeMutableBufferPointer<Float> {
        precondition(output >= 0 && output < plan.outputs, "output \(output) of \(plan.outputs)")
        let count = plan.configuration.visualVocabulary
        return UnsafeMutableBufferPointer(start: buffers.staged.pointer + output * count, count: count)
    }

    /// Takes back the last tokens of a row: the next one that it is fed takes the place of the first of these.
    ///
    /// - Parameters:
    ///   - row: a row of the plan
    ///   - tokens: how many tokens after the prefix remain, at most as many as there are
    ///   - visual: how many of these are visual
    package func rewind(row: Int, tokens: Int, visual: Int) {
        precondition(row >= 0 && row < plan.rows, "row \(row) of \(plan.rows)")
        precondition((0...rows[row].fed).contains(tokens) && (0...rows[row].visual).contains(visual))
        rows[row].fed = tokens
        rows[row].visual = visual
    }
    /// Takes back what all rows were fed after their prefixes, whose keys and values stay; the logits are those of the last
    /// step until the next one.
    package func restart() {
        for row in 0..<plan.rows { rewind(row: row, tokens: 0, visual: 0) }
    }
}
