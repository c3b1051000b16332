// An axis of an experiment and the values that its pictures have.

/// A setting that an experiment varies, and its values in the order in which the pictures have them.
public struct ExperimentAxis: Sendable, Hashable {
    /// The axis, as on the command line: `size`, `temperature`.
    public let key: String
    /// The values as they are written, each once, at least one.
    public let texts: [String]

    /// The values as numbers, or nil if one of them is a word or a size.
    var numbers: [Double]? {
        let numbers = texts.compactMap(Double.init).filter(\.isFinite)
        return numbers.count == texts.count ? numbers : nil
    }

    /// The axes of records that have been validated.
    static func axes(of records: [ExperimentRecord]) -> [ExperimentAxis] {
        guard let first = records.first else { return [] }
        return first.values.indices.map { index in
            var known = Set<String>()
            let texts = records.map(\.values[index].text).filter { known.insert($0).inserted }
            return ExperimentAxis(key: first.values[index].key, texts: texts)
        }
    }
}
