// The products of linear layers in pieces, whatever their weights are.

/// The product of one layer.
enum LinearProduct {
    case packed(PackedProduct)
    case quantised(QuantisedProduct)

    /// How many pieces the product is cut into.
    var pieces: Int {
        switch self {
        case .packed(let product): product.pieces
        case .quantised(let product): product.pieces
        }
    }

    func run(piece: Int) {
        switch self {
        case .packed(let product): product.run(piece: piece)
        case .quantised(let product): product.run(piece: piece)
        }
    }
}

/// The products of up to three layers, as a pool runs them: the pieces of one follow those of the other, so that the
/// threads wait for each other once.
struct LinearProducts: PoolWork {
    let first: LinearProduct
    let second: LinearProduct?
    let third: LinearProduct?

    /// How many pieces all of them are cut into.
    var pieces: Int { first.pieces + (second?.pieces ?? 0) + (third?.pieces ?? 0) }

    func run(piece: Int) {
        let one = first.pieces
        if piece < one { return first.run(piece: piece) }
        guard let second else { return }
        let two = one + second.pieces
        if piece < two { return second.run(piece: piece - one) }
        third?.run(piece: piece - two)
    }
}
