// Byte-pair merging of one word: of all neighbours that may merge, always those of the lowest rank, the leftmost first.

import HeapModule

/// Merges the symbols of a word until no two neighbours may merge. Source: Sennrich et al., arXiv:1508.07909.
enum BytePairMerging {
    /// A pair of neighbours that may merge.
    private struct Candidate: Comparable {
        let rank: Int
        let position: Int
        let id: Int
        let version: Int

        static func < (a: Candidate, b: Candidate) -> Bool { (a.rank, a.position) < (b.rank, b.position) }
    }

    /// The symbols that are left.
    ///
    /// - Parameters:
    ///   - symbols: ids in their order
    ///   - merge: rank and id of what two neighbours become; nil if they stay apart
    static func merged(_ symbols: [Int], _ merge: (Int, Int) -> (rank: Int, id: Int)?) -> [Int] {
        guard symbols.count > 1 else { return symbols }
        var ids = symbols
        var next = Array(1...symbols.count)  // the count stands for none
        var previous = Array(-1..<symbols.count - 1)
        var versions = [Int](repeating: 0, count: symbols.count)
        var queue = Heap<Candidate>()
        func consider(_ position: Int) {
            let other = next[position]
            guard other < ids.count, let (rank, id) = merge(ids[position], ids[other]) else { return }
            queue.insert(
                Candidate(rank: rank, position: position, id: id, version: versions[position] + versions[other]))
        }
        for position in 0..<symbols.count - 1 { consider(position) }
        while let best = queue.popMin() {
            let other = next[best.position]
            // A symbol's version grows when it changes; one that was taken has none that fits.
            guard versions[best.position] >= 0, other < ids.count,
                versions[best.position] + versions[other] == best.version,
                let (rank, id) = merge(ids[best.position], ids[other]), rank == best.rank, id == best.id
            else { continue }
            ids[best.position] = best.id
            versions[best.position] += 1
            versions[other] = .min / 4
            next[best.position] = next[other]
            if next[other] < ids.count { previous[next[other]] = best.position }
            if previous[best.position] >= 0 { consider(previous[best.position]) }
            consider(best.position)
        }
        var result: [Int] = []
        var position = 0
        while position < ids.count {
            result.append(ids[position])
            position = next[position]
        }
        return result
    }
}
