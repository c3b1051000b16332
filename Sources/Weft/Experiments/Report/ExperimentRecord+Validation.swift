// What records must be before anything is computed from them.

extension [ExperimentRecord] {
    /// Throws ``WeftError`` that names the picture and the value that cannot be.
    func validate() throws {
        guard let first else { throw WeftError(.invalidRequest, "an experiment needs a picture") }
        let keys = first.values.map(\.key)
        for (index, key) in keys.enumerated() {
            if keys[..<index].contains(key) { throw WeftError(.invalidRequest, "the axis \"\(key)\" is there twice") }
            if ExperimentTable.measuredColumns.contains(key) {
                throw WeftError(.invalidRequest, "the axis \"\(key)\" has the name of a measured column of the table")
            }
        }
        var ids = Set<String>()
        var prompts: [String: String] = [:]
        var places = Set<Place>()
        for record in self {
            try record.validate()
            guard record.values.map(\.key) == keys else {
                throw record.error("has the axes \(record.values.map(\.key)), and \"\(first.id)\" has \(keys)")
            }
            guard ids.insert(record.id).inserted else { throw record.error("is there twice") }
            guard prompts.updateValue(record.prompt, forKey: record.promptID) ?? record.prompt == record.prompt else {
                throw record.error("has another prompt than the pictures before it of \"\(record.promptID)\"")
            }
            guard places.insert(Place(record)).inserted else {
                let settings = record.values.isEmpty ? "" : " with \(record.values.line)"
                throw record.error("is the second of prompt \"\(record.promptID)\", seed \(record.seed)\(settings)")
            }
        }
    }
}

extension ExperimentRecord {
    /// An error about this picture.
    func error(_ message: String) -> WeftError { WeftError(.invalidRequest, "picture \"\(id)\" \(message)") }

    fileprivate func validate() throws {
        for (name, count) in [("tokens", tokens), ("width", width), ("height", height)] where count < 1 {
            throw error("cannot have \(name) \(count)")
        }
        for (name, value) in [("seconds", seconds), ("tokens per second", tokensPerSecond)] {
            guard value.isFinite, value >= 0 else { throw error("cannot have \(name) \(value)") }
        }
        if let peakBytes, peakBytes < 0 { throw error("cannot have peak bytes \(peakBytes)") }
        if let faithfulness, !(0...1).contains(faithfulness) {
            throw error("cannot have faithfulness \(faithfulness); it is in 0...1")
        }
        if let psnr, psnr.isNaN || psnr == -.infinity { throw error("cannot have PSNR \(psnr)") }
    }
}

/// What makes a picture the only one of its kind in an experiment.
private struct Place: Hashable {
    let promptID: String
    let values: [AxisValue]
    let seed: UInt64

    init(_ record: ExperimentRecord) {
        promptID = record.promptID
        values = record.values
        seed = record.seed
    }
}
