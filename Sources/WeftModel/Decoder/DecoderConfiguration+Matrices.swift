// The names of the matrices that a decoder spends its time on.

extension DecoderConfiguration {
    /// The names of the layers' matrices: attention, feed-forward and experts, one by one and in stacks. Routers, norms,
    /// embeddings and the head are not among them.
    package var layerMatrices: [String] {
        (0..<layers).flatMap { index -> [String] in
            let name = "layers.\(index)."
            let attention = ["query", "key", "value", "output"].map { "attention.\($0)" }
            guard let moe, isMixture(index) else {
                return (attention + Self.gated("feed_forward.")).map { name + $0 + ".weight" }
            }
            let experts = (0..<moe.experts).flatMap { Self.gated("moe.experts.\($0).") }
            let stacks = ["moe.experts.gate_up", "moe.experts.down"]
            return (attention + experts + stacks + Self.gated("moe.shared.")).map { name + $0 + ".weight" }
        }
    }

    private static func gated(_ name: String) -> [String] { ["gate", "up", "down"].map { name + $0 } }
}
