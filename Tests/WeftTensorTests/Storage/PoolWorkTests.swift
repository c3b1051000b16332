// Work without closures: every piece once, nothing allocated, callers in turn.

import Synchronization
import Testing
import WeftTensor

@Suite struct PoolWorkTests {
    /// How often each piece was done; a reference, as layers hold one too.
    private final class Tally {
        let counts: UnsafeMutableBufferPointer<Int>
        init(pieces: Int) {
            counts = .allocate(capacity: pieces)
            counts.initialize(repeating: 0)
        }
        deinit { counts.deallocate() }
    }

    private struct Count: PoolWork {
        let tally: Tally
        func run(piece: Int) { tally.counts[piece] += 1 }
    }

    @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
    func runsEveryPieceOnce(threads: Int, pieces: Int) {
        let pool = ThreadPool(threadCount: threads)
        let tally = Tally(pieces: pieces)
        for _ in 0..<20 { pool.run(pieces, Count(tally: tally)) }
        #expect(tally.counts.allSatisfy { $0 == 20 })
    }

    /// Many short jobs: a thread that comes late must not touch work that is gone from the stack.
    @Test(arguments: 2...8)
    func isDoneWithTheWorkWhenRunReturns(threads: Int) {
        struct Add: PoolWork {
            let sum: UnsafeMutablePointer<Atomic<Int>>
            let job: Int
            func run(piece: Int) { sum.pointee.wrappingAdd(piece + job, ordering: .relaxed) }
        }
        let pool = ThreadPool(threadCount: threads)
        let sum = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: 1)
        var wrong = 0
        for job in 0..<3000 {
            sum.initialize(to: Atomic(0))
            pool.run(3, Add(sum: sum, job: job))
            if sum.pointee.load(ordering: .relaxed) != 3 + 3 * job { wrong += 1 }
            sum.deinitialize(count: 1)
        }
        sum.deallocate()
        #expect(wrong == 0)
    }

    @Test(arguments: [2, 3, 8])
    func servesSeveralCallers(threads: Int) async {
        let pool = ThreadPool(threadCount: threads)
        let results = await withTaskGroup(of: [Int].self) { group in
            for pieces in 2...5 {
                group.addTask {
                    let tally = Tally(pieces: pieces)
                    for _ in 0..<1000 { pool.run(pieces, Count(tally: tally)) }
                    return [Int](tally.counts)
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(results) == Set((2...5).map { [Int](repeating: 1000, count: $0) }))
    }

    /// Threads that fell asleep come back.
    @Test func wakesAfterPauses() async throws {
        let pool = ThreadPool(threadCount: 3)
        let tally = Tally(pieces: 50)
        for _ in 0..<20 {
            pool.run(50, Count(tally: tally))
            try await Task.sleep(for: .milliseconds(2))
        }
        #expect(tally.counts.allSatisfy { $0 == 20 })
    }

    @Test func allocatesNothing() {
        let pool = ThreadPool(threadCount: 2)
        let work = Count(tally: Tally(pieces: 4))
        pool.run(4, work)
        let allocates = AllocationProbe.findsAllocations { for _ in 0..<1000 { pool.run(4, work) } }
        #expect(allocates == false || allocates == nil)
        // The probe would have seen it; of many sizes, as some may have no piece that can be marked.
        var kept: [[Int]] = []
        let arraysAllocate = AllocationProbe.findsAllocations {
            for count in 1...100 { kept.append([Int](repeating: kept.count, count: count)) }
        }
        #expect(arraysAllocate == true || arraysAllocate == nil)
        #expect(!kept.isEmpty)
    }

    @Test(arguments: DType.allCases)
    func layersAllocateNothing(_ dtype: DType) throws {
        let (inputs, outputs) = (64, 1000)
        let file = try SafeTensorsFile(
            name: "w", dtype: dtype.rawValue, shape: [outputs, inputs],
            data: [UInt8](repeating: 0, count: inputs * outputs * dtype.size))
        let layer = Linear(try #require(try SafeTensors(path: file.path)["w"]))
        let pool = ThreadPool(threadCount: 2)
        let (x, y) = (Buffer(count: 70 * inputs), Buffer(count: 70 * outputs))
        layer.apply(x.pointer, rows: 70, to: y.pointer, pool: pool)
        let allocates = AllocationProbe.findsAllocations {
            for rows in [1, 2, 8, 9, 70] { layer.apply(x.pointer, rows: rows, to: y.pointer, pool: pool) }
        }
        #expect(allocates == false || allocates == nil)
    }
}
