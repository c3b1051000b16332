// The thread pool runs every piece once, whoever calls it.

import Foundation
import Synchronization
import Testing
import WeftTensor

@Suite struct ThreadPoolTests {
    @Test(arguments: [1, 2, 3, 8], [0, 1, 2, 7, 1000])
    func runsEveryPieceOnce(threads: Int, pieces: Int) {
        let pool = ThreadPool(threadCount: threads)
        let counts = Mutex([Int](repeating: 0, count: pieces))
        pool.run(pieces) { piece in counts.withLock { $0[piece] += 1 } }
        #expect(counts.withLock { $0 } == [Int](repeating: 1, count: pieces))
    }

    @Test func takesAtLeastOneThread() {
        #expect(ThreadPool(threadCount: 0).threadCount == 1)
        #expect(ThreadPool(threadCount: -3).threadCount == 1)
    }

    @Test func isDoneWithAJobWhenRunReturns() {
        let pool = ThreadPool(threadCount: 4)
        var sum = 0
        for job in 0..<20_000 {
            let total = Mutex(0)
            pool.run(3) { piece in total.withLock { $0 += piece + job } }
            sum += total.withLock { $0 }
        }
        #expect(sum == 20_000 * 3 + 3 * (0..<20_000).reduce(0, +))
    }

    @Test func servesSeveralCallers() async {
        let pool = ThreadPool(threadCount: 2)
        let sums = await withTaskGroup(of: Int.self) { group in
            for caller in 1...4 {
                group.addTask {
                    let total = Mutex(0)
                    for _ in 0..<500 { pool.run(5) { piece in total.withLock { $0 += caller * piece } } }
                    return total.withLock { $0 }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums.sorted() == [5000, 10000, 15000, 20000])
    }

    @Test func poolsComeAndGo() {
        let total = Mutex(0)
        for _ in 0..<50 {
            ThreadPool(threadCount: 3).run(10) { piece in total.withLock { $0 += piece } }
        }
        #expect(total.withLock { $0 } == 50 * 45)
    }
}
