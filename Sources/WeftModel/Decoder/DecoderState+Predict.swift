// Feeds many tokens to one row and keeps the logits after several of them.

import WeftTensor

extension DecoderPlan {
    /// How many tokens ``DecoderState/predict(row:tokens:after:to:)`` takes at most.
    package var largestPrediction: Int { chunk }
}

extension DecoderState {
    /// Feeds consecutive tokens to one row in one pass, and writes the logits after the listed ones.
    ///
    /// - Parameters:
    ///   - row: a row with a prefix
    ///   - tokens: at most ``DecoderPlan/largestPrediction``
    ///   - places: which of the tokens, by their place among them, in ascending order
    ///   - logits: `[places.count, visualVocabulary]`
    /// - Throws: ``DecoderError``, before anything has changed, as ``step(rows:tokens:)`` does
    package func predict(
        row: Int, tokens: [FedToken], after places: [Int], to logits: UnsafeMutablePointer<Float>
    ) throws {
        precondition(tokens.count <= plan.chunk && places.allSatisfy(tokens.indices.contains))
        call += 1
        let row = try checked(row)
        for token in tokens { try check(token, row: row) }
        guard tokens.count <= plan.fedCapacity - rows[row].fed else {
            let total = rows[row].fed + tokens.count
            throw DecoderError(
                .capacity, "row \(row): \(total) tokens after the prefix exceed the \(plan.fedCapacity) planned")
        }
        for (index, token) in tokens.enumerated() { append(token, row: row, at: index, output: -1) }
        forward(tokens.count)
        // The layers are done with `projected`, which has room for all of them.
        let (width, normed) = (plan.configuration.hiddenSize, buffers.projected.pointer)
        for (index, place) in places.enumerated() {
            decoder.norm.apply(buffers.hidden.pointer + place * width, rows: 1, to: normed + index * width)
        }
        writeLogits(places.count, of: normed, to: logits)
    }
}
