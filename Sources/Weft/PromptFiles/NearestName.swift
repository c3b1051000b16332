// Which name was meant by one that is misspelled.

/// Finds the name that is closest to what somebody wrote.
enum NearestName {
    /// The name with the fewest changes, at most every third letter and at least one allowed; nil if none is close.
    ///
    /// A change is a letter that is added, left out or replaced (Levenshtein, 1966).
    static func of(_ word: String, among names: [String]) -> String? {
        guard word.utf8.count <= 64 else { return nil }
        let distances = names.map { (name: $0, distance: distance(Array(word.utf8), Array($0.utf8))) }
        guard let best = distances.min(by: { $0.distance < $1.distance }) else { return nil }
        return best.distance <= max(1, (best.name.utf8.count + 1) / 3) ? best.name : nil
    }

    private static func distance(_ first: [UInt8], _ second: [UInt8]) -> Int {
        var row = Array(0...second.count)
        for (i, letter) in first.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, other) in second.enumerated() {
                let replaced = diagonal + (letter == other ? 0 : 1)
                diagonal = row[j + 1]
                row[j + 1] = min(replaced, min(row[j], row[j + 1]) + 1)
            }
        }
        return row[second.count]
    }
}
