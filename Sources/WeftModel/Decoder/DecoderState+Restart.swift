// Takes rows back to the end of their prefixes.

extension DecoderState {
    /// Forgets what all rows were fed after their prefixes, whose keys and values stay; the logits are those of the last
    /// step until the next one.
    package func restart() {
        for row in 0..<plan.rows { (rows[row].fed, rows[row].visual) = (0, 0) }
    }
}
