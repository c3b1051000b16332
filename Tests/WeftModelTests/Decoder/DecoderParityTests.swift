// Decoders against a PyTorch reference that has no cache.

import Testing
import WeftModel
import WeftTensor

@Suite struct DecoderParityTests {
    private let pool = ThreadPool(threadCount: 2)

    @Test(arguments: DecoderFixture.all)
    func logitsOfEveryPosition(_ fixture: DecoderFixture) throws {
        let decoder = try fixture.decoder()
        for item in try fixture.cases() {
            let state = decoder.makeState(rows: 1, prefixCapacity: 36, fedCapacity: 12, pool: pool)
            var logits: [Float] = []
            try state.prefill([Prefix(row: 0, tokens: item.prefix, columns: item.columns)])
            logits += state.copiedLogits(0)
            for token in item.visual {
                try state.step(rows: [0], tokens: [token])
                logits += state.copiedLogits(0)
            }
            #expect(logitDifference(logits, item.logits) < 2e-4)
            #expect(state.visualCount(0) == item.visual.count)
        }
    }

    @Test(arguments: DecoderFixture.all)
    func greedyTokensOfAllCasesSideBySide(_ fixture: DecoderFixture) throws {
        let cases = try fixture.cases()
        let state = try fixture.decoder().makeState(rows: 3, prefixCapacity: 36, fedCapacity: 12, pool: pool)
        try state.prefill(cases.indices.map { Prefix(row: $0, tokens: cases[$0].prefix, columns: cases[$0].columns) })
        var tokens = [[Int]](repeating: [], count: 3)
        for step in 0..<12 {
            let rows = cases.indices.filter { cases[$0].greedy.count > step }
            for row in rows { tokens[row].append(state.best(row)) }
            let going = rows.filter { cases[$0].greedy.count > step + 1 }
            try state.step(rows: going, tokens: going.map { tokens[$0][step] })
        }
        #expect(tokens == cases.map(\.greedy))
    }

    @Test(arguments: DecoderFixture.all)
    func severalTokensInOneCall(_ fixture: DecoderFixture) throws {
        let item = try fixture.cases()[0]
        let state = try fixture.decoder().makeState(rows: 1, prefixCapacity: 5, fedCapacity: 8, pool: pool)
        try state.prefill([Prefix(row: 0, tokens: item.prefix, columns: item.columns)])
        try state.extend(row: 0, tokens: item.visual)
        let vocabulary = try fixture.configuration().visualVocabulary
        #expect(logitDifference(state.copiedLogits(0), item.logits.suffix(vocabulary)) < 2e-4)
    }

    @Test(arguments: DecoderFixture.all)
    func readyEmbeddingsEqualTheirTokens(_ fixture: DecoderFixture) throws {
        let (item, decoder) = (try fixture.cases()[2], try fixture.decoder())
        let (table, scale) = (try fixture.textEmbeddings(), decoder.configuration.embeddingScale)
        let width = decoder.configuration.hiddenSize
        let embeddings = item.prefix.flatMap { table[$0 * width..<($0 + 1) * width].map { $0 * scale } }
        // Two rows of 36 in chunks of 72, then one in chunks of 36.
        for rows in [2, 1] {
            let state = decoder.makeState(rows: rows, prefixCapacity: 36, fedCapacity: 0, pool: pool)
            try state.prefill([Prefix(row: 0, tokens: item.prefix, columns: 2)])
            let bits = state.bits(0)
            try state.prefill((0..<rows).map { Prefix(row: $0, embeddings: embeddings, columns: 2) })
            #expect((0..<rows).allSatisfy { state.bits($0) == bits })
            #expect(state.tokenCount == 72)
        }
    }

    @Test(arguments: [DecoderFixture.sequence, .erf])
    func textTokensAfterThePrefixContinueIt(_ fixture: DecoderFixture) throws {
        let (item, decoder) = (try fixture.cases()[2], try fixture.decoder())
        let state = decoder.makeState(rows: 2, prefixCapacity: 36, fedCapacity: 30, pool: pool)
        try state.prefill([
            Prefix(row: 0, tokens: item.prefix, columns: 1),
            Prefix(row: 1, tokens: Array(item.prefix[..<6]), columns: 1),
        ])
        try state.extend(row: 1, tokens: item.prefix[6...].map(FedToken.text))
        #expect(state.bits(0) == state.bits(1))
    }

    @Test func theFixturesSeeEachOption() throws {
        // A decoder with one option changed must not pass as the right one.
        let item = try DecoderFixture.sequence.cases()[0]
        let right = try DecoderFixture.sequence.configuration()
        let moe = try #require(right.moe)
        let changed = [
            moe.with(router: .softmax), moe.with(renormalize: true), moe.with(scaling: 1), moe.with(topK: 2),
        ]
        for moe in changed {
            let wrong = try DecoderFixture.sequence.decoder(right.with(moe: moe))
            let state = wrong.makeState(rows: 1, prefixCapacity: 36, fedCapacity: 12, pool: pool)
            try state.prefill([Prefix(row: 0, tokens: item.prefix, columns: item.columns)])
            #expect(logitDifference(state.copiedLogits(0), item.logits.prefix(50)) > 1e-2)
        }
    }
}
