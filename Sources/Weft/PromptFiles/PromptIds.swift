// The ids of all pictures of a file are different.

/// Finds pictures that would have the same id.
enum PromptIds {
    /// Adds a problem for each row whose id, or one of whose pictures' ids, is that of a row before.
    ///
    /// Takes time and memory for the rows, not for their pictures.
    static func check(_ rows: [PromptRow], _ errors: inout PromptFileError) {
        // Names that are made of places are different among themselves.
        guard rows.contains(where: { $0.id != nil }) else { return }
        var places = [String: Int](minimumCapacity: rows.count)
        for (index, row) in rows.enumerated() {
            if let first = places[row.name] {
                let names = [rows[first], row].map { $0.id == nil ? " (which has none)" : "" }
                errors.add(
                    line: row.line,
                    "the id \(Excerpt.quoted(row.name))\(names[1]) is that of line \(rows[first].line)\(names[0]) too")
            } else {
                places[row.name] = index
            }
        }
        for row in rows where row.count == 1 {
            // Two rows of several pictures with different names never meet: what stands before the last hyphen differs.
            guard let (base, number) = split(row.name), let index = places[base] else { continue }
            let other = rows[index]
            if other.count > 1, number < other.count {
                errors.add(
                    line: row.line,
                    "the id \(Excerpt.quoted(row.name)) is that of picture \(number) of \(Excerpt.quoted(base)) in "
                        + "line \(other.line) too, which has a count of \(other.count)")
            }
        }
    }

    /// A name of the form `BASE-NUMBER`, as the pictures of a row are called.
    private static func split(_ name: String) -> (String, Int)? {
        guard let hyphen = name.utf8.lastIndex(of: UInt8(ascii: "-")) else { return nil }
        let digits = name[name.utf8.index(after: hyphen)...]
        guard let number = Int(digits), "\(number)" == digits, number >= 0 else { return nil }
        return (String(name[..<hyphen]), number)
    }
}
