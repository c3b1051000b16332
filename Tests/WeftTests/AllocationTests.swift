// A decode step takes no memory: every call of malloc and its kin is counted.

#if os(Linux) && canImport(CAllocations)
    import CAllocations
    import Foundation
    import Synchronization
    import Testing
    import WeftModel
    import WeftSampling
    import WeftTensor

    @testable import Weft

    @Suite struct AllocationTests {
        /// One of each kind of picture, or six, which are enough rows for each thread to take some through all layers.
        @Test(
            arguments: DecodingMethod.allCases.flatMap { decode in
                ["F32", "BF16", "q8", "q4", "embedded"].flatMap {
                    [($0, decode, 1, 1), ($0, decode, 2, 1), ($0, decode, 2, 6)]
                }
            })
        func stepsAllocateNothing(kind: String, decode: DecodingMethod, threads: Int, copies: Int) async {
            // In a process of its own, where no other test takes memory at the same time.
            await #expect(processExitsWith: .success) { [kind, decode, threads, copies] in
                let tiny = try TinyModel(dtype: kind == "BF16" ? "BF16" : "F32")
                let model = try Model(
                    at: kind == "embedded" ? nil : tiny.folder, weights: WeightType(rawValue: kind))
                let width = try model.size(quality: kind == "embedded" ? nil : .high).width
                var filtered = try model.request(width: width, guidance: 1)
                filtered.sampling = SamplingSettings(temperature: 1.1, topK: 20, topP: 0.9, minP: 0.01)
                var greedy = try model.request(width: width)
                greedy.sampling.temperature = 0
                let kinds = [try model.request(width: width), filtered, greedy]
                let requests = (0..<copies).flatMap { _ in kinds }.map { request in
                    var request = request
                    request.sampling.decode = decode
                    return request
                }
                let pool = ThreadPool(threadCount: threads)
                let arrived = Atomic<Int>(0)
                // A thread takes memory when it starts, so all of them have to be there.
                pool.run(threads) { _ in
                    arrived.wrappingAdd(1, ordering: .relaxed)
                    while arrived.load(ordering: .relaxed) < threads { sched_yield() }
                }
                let options = DrawingOptions()
                let prefixes = try requests.map { try model.description.prefixes(for: $0, pool: pool) }
                let decoder = try model.decoder
                func begun() throws -> GenerationBatch {
                    let batch = GenerationBatch(
                        decoder, rowEnd: model.checkpoint.rowEnd,
                        capacity: .init(
                            places: requests.count, isGuided: true, prefix: 64, fed: 64, window: 16, columns: 8,
                            cache: kind == "q8" ? .q8 : model.description.cacheType.format),
                        options: options, pool: pool)
                    for (index, request) in requests.enumerated() {
                        try batch.add(PreparedPicture(index: index, request: request, prefixes: prefixes[index]))
                    }
                    _ = try batch.readPrompts()
                    return batch
                }
                // The runtime takes memory where a generic type is used for the first time: all of it is run once before.
                let first = try begun()
                while !first.pictures.isEmpty {
                    try first.step()
                    _ = first.takeFinished()
                }
                let batch = try begun()
                for _ in 0..<4 { try batch.step() }
                // The threads that quantised the weights while these were loaded may still be about to start, or to end.
                var before = allocation_count()
                repeat {
                    before = allocation_count()
                    usleep(200_000)
                } while allocation_count() != before
                var steps = 0
                while steps < 40, !batch.pictures.contains(where: \.isFinished), batch.takeFinished().isEmpty {
                    try batch.step()
                    steps += 1
                }
                let taken = allocation_count() - before
                let isSequential = decode == .sequential
                #expect(batch.pictures.allSatisfy { isSequential ? $0.tokens.count == 44 : $0.passes == 4 + steps })
                #expect(batch.pictures.count == 3 * copies && steps > 3)
                #expect(taken == 0, "\(taken) allocations in \(steps) steps")
            }
        }

        @Test func allocationsAreCounted() {
            let before = allocation_count()
            let array = Array(0..<Int.random(in: 100...200))
            let after = allocation_count()
            #expect(after > before, "\(array.count) numbers take memory")
        }
    }
#endif
