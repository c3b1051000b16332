// The transformer alone: prompts and steps.

import WeftModel

extension BenchmarkRunner {
    /// Prompts of the same length, all different, one a row.
    func prefill(_ model: Model, _ result: inout BenchmarkResult) throws {
        let decoder = try model.decoder
        let state = decoder.makeState(
            rows: result.rows, prefixCapacity: options.promptTokens, fedCapacity: 0,
            cache: model.description.cacheType.format, pool: pool)
        let prefixes = (0..<result.rows).map {
            prefix(row: $0, count: options.promptTokens, key: $0, columns: 1, decoder.configuration)
        }
        result.tokens = result.rows * options.promptTokens
        result.seconds = try time { try state.prefill(prefixes) }
    }

    /// Steps of all rows; every repetition begins with the same context.
    func decode(_ model: Model, columns: Int, _ result: inout BenchmarkResult) throws {
        let decoder = try model.decoder
        let cache = model.description.cacheType.format
        let (rows, steps, prefixLength) = (result.rows, options.steps, max(1, result.context))
        let state = decoder.makeState(
            rows: rows, prefixCapacity: prefixLength, fedCapacity: steps, cache: cache,
            pool: pool)
        // One prefix for all: it is computed once and copied to the rows.
        try state.prefill(
            (0..<rows).map { prefix(row: $0, count: prefixLength, key: 0, columns: columns, decoder.configuration) })
        let listed = Array(0..<rows)
        func step(_ number: Int) throws {
            let vocabulary = decoder.configuration.visualVocabulary
            try state.step(rows: listed, tokens: listed.map { .visual((number * 8191 + $0 * 131) % vocabulary) })
        }
        result.tokens = rows * steps
        result.steps = steps
        result.parts = steps
        result.seconds = try time(parts: steps, prepare: { state.restart() }) {
            for number in 0..<steps {
                try checkStop()
                try step(number)
            }
        }
        // The experts that one step in the middle asks for.
        state.restart()
        for number in 0..<steps / 2 { try step(number) }
        state.resetExpertLoads()
        try step(steps / 2)
        result.weightBytes = decoder.weightBytes(loads: state.expertLoads)
        let positions = prefixLength + (steps + 1) / 2
        result.cacheBytes =
            DecoderPlan(
                decoder.configuration, rows: rows, prefixCapacity: positions, fedCapacity: 0, cache: cache
            ).keyValueBytes
    }

    /// A prefix of ids of the text vocabulary, or of small embeddings where there is none.
    private func prefix(
        row: Int, count: Int, key: Int, columns: Int, _ configuration: DecoderConfiguration
    ) -> Prefix {
        func number(_ index: Int, below bound: Int) -> Int { (index * 7919 + key * 104_729) % bound }
        guard configuration.textVocabulary > 0 else {
            let embeddings = (0..<count * configuration.hiddenSize).map {
                Float(number($0, below: 2001)) / 1000 - 1
            }
            return Prefix(row: row, embeddings: embeddings, columns: columns)
        }
        let tokens = (0..<count).map { number($0, below: configuration.textVocabulary) }
        return Prefix(row: row, tokens: tokens, columns: columns)
    }
}
