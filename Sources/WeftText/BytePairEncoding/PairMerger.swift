// Byte-pair encoding's one step, done until nothing is left to do: join the two neighbours with the lowest rank.

/// A stretch of a word that has one id.
struct MergeSymbol {
    var id: Int32
    /// The bytes of the word that it covers.
    var bytes: Range<Int>
    /// The places of its neighbours in the list of symbols; -1 at the ends.
    var previous: Int32 = -1
    var next: Int32 = -1
    /// Whether it was joined to the symbol before it.
    var isGone = false
}

/// What two neighbours become.
struct Merge {
    /// Lower ranks go first.
    let rank: Int32
    let id: Int32
}

/// Joins neighbours in the order of their ranks, from the left among equals, with a heap: n log n steps for n symbols.
///
/// Source: R. Sennrich, B. Haddow, A. Birch, "Neural machine translation of rare words with subword units", 2016.
struct PairMerger {
    private struct Candidate {
        /// The rank, then the place of the left symbol.
        let order: UInt64
        let left: Int32
        let right: Int32
        let id: Int32

        var place: Int { Int(order & 0xFFFF_FFFF) }
    }

    private var symbols: [MergeSymbol]
    private var heap: [Candidate] = []

    /// The ids of a word after all merges.
    ///
    /// - Parameter merge: what two neighbours become, or nil if they do not join.
    static func ids(
        of symbols: [MergeSymbol], merge: (MergeSymbol, MergeSymbol) -> Merge?
    ) -> [Int] {
        guard symbols.count > 1 else { return symbols.map { Int($0.id) } }
        var merger = PairMerger(symbols: symbols)
        merger.run(merge)
        return merger.symbols.compactMap { $0.isGone ? nil : Int($0.id) }
    }

    private init(symbols: [MergeSymbol]) {
        self.symbols = symbols
        for index in symbols.indices {
            self.symbols[index].previous = Int32(index) - 1
            self.symbols[index].next = index + 1 < symbols.count ? Int32(index) + 1 : -1
        }
    }

    private mutating func run(_ merge: (MergeSymbol, MergeSymbol) -> Merge?) {
        for index in symbols.indices.dropLast() { consider(index, merge) }
        while let best = pop() {
            let left = symbols[best.place]
            guard !left.isGone, left.id == best.left, left.next >= 0 else { continue }
            let right = symbols[Int(left.next)]
            guard right.id == best.right else { continue }
            symbols[best.place].id = best.id
            symbols[best.place].bytes = left.bytes.lowerBound..<right.bytes.upperBound
            symbols[best.place].next = right.next
            symbols[Int(left.next)].isGone = true
            if right.next >= 0 { symbols[Int(right.next)].previous = Int32(best.place) }
            consider(best.place, merge)
            if left.previous >= 0 { consider(Int(left.previous), merge) }
        }
    }

    private mutating func consider(_ place: Int, _ merge: (MergeSymbol, MergeSymbol) -> Merge?) {
        let left = symbols[place]
        guard left.next >= 0 else { return }
        let right = symbols[Int(left.next)]
        guard let merge = merge(left, right) else { return }
        let order = UInt64(UInt32(merge.rank)) << 32 | UInt64(place)
        push(Candidate(order: order, left: left.id, right: right.id, id: merge.id))
    }

    // MARK: - Heap

    private mutating func push(_ candidate: Candidate) {
        heap.append(candidate)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].order < heap[parent].order else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() -> Candidate? {
        guard let first = heap.first else { return nil }
        let last = heap.removeLast()
        guard !heap.isEmpty else { return first }
        heap[0] = last
        var parent = 0
        while true {
            var child = 2 * parent + 1
            guard child < heap.count else { return first }
            if child + 1 < heap.count, heap[child + 1].order < heap[child].order { child += 1 }
            guard heap[child].order < heap[parent].order else { return first }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
