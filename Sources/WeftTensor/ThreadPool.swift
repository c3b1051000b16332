// A persistent pool of threads that run the numbered pieces of one job together.

import Foundation
import Synchronization

/// A job in pieces that may run at the same time, on any thread and in any order.
package protocol PoolWork {
    /// Does one piece.
    func run(piece: Int)

    /// Does one piece of the value of this type that lies at `work`. The default is the one to use: it is what lets a
    /// pool hand work to its threads without putting it into a box.
    static func run(_ work: UnsafeRawPointer, piece: Int)
}

extension PoolWork {
    package static func run(_ work: UnsafeRawPointer, piece: Int) {
        work.assumingMemoryBound(to: Self.self).pointee.run(piece: piece)
    }
}

/// Threads that live as long as the pool and share the pieces of one job at a time.
///
/// Which thread runs a piece is not determined, so a piece must not depend on it. Where a cut could show in a result,
/// pieces are cut by the size of the work and never by the number of threads, which is why results are equal bit for bit
/// for any thread count.
package final class ThreadPool: Sendable {
    /// How many threads work on a job, the calling thread included.
    package let threadCount: Int

    private let shared: Shared

    /// Starts `threadCount - 1` threads; the caller of `run` is the last one.
    ///
    /// - Parameter threadCount: how many threads share a job; values below 1 count as 1. By default all the cores.
    package init(threadCount: Int = ProcessInfo.processInfo.activeProcessorCount) {
        let threadCount = max(1, threadCount)
        // Where threads outnumber cores, one that waits awake takes time from one that works.
        let shared = Shared(spins: threadCount <= ProcessInfo.processInfo.activeProcessorCount)
        self.threadCount = threadCount
        self.shared = shared
        for index in 1..<max(1, threadCount) {
            let thread = Thread { shared.work() }
            thread.name = "weft-\(index)"
            thread.stackSize = 1 << 20
            thread.start()
        }
    }

    deinit { shared.stop() }

    /// Does the pieces `0..<count` of `work`, each once, and returns when all are done, without taking memory.
    ///
    /// Calls from several threads take turns. A piece must not call `run` of the same pool.
    package func run<Work: PoolWork>(_ count: Int, _ work: Work) {
        if count <= 1 || threadCount == 1 {
            for piece in 0..<max(0, count) { work.run(piece: piece) }
            return
        }
        withUnsafePointer(to: work) { shared.run(Job(type: Work.self, work: $0, count: count)) }
    }

    /// Calls `body` once for each piece in `0..<count` and returns when all are done; may take a little memory, so
    /// what runs at every token is a ``PoolWork`` instead.
    ///
    /// Calls from several threads take turns. A piece must not call `run` of the same pool.
    package func run(_ count: Int, _ body: (Int) -> Void) {
        if count <= 1 || threadCount == 1 {
            for piece in 0..<max(0, count) { body(piece) }
            return
        }
        withoutActuallyEscaping(body) { run(count, ClosureWork(body: $0)) }
    }
}

extension ThreadPool {
    /// Calls `body` with `context` and each piece in `0..<count`; takes no memory as long as `body` captures nothing,
    /// which is what `context` is for.
    ///
    /// Calls from several threads take turns. A piece must not call `run` of the same pool.
    package func run<Context>(_ count: Int, with context: Context, _ body: @escaping (Context, Int) -> Void) {
        run(count, ContextWork(context: context, body: body))
    }
}

private struct ContextWork<Context>: PoolWork {
    let context: Context
    let body: (Context, Int) -> Void
    func run(piece: Int) { body(context, piece) }
}

private struct ClosureWork: PoolWork {
    let body: (Int) -> Void
    func run(piece: Int) { body(piece) }
}

/// Work on the stack of the thread that called `run`.
private struct Job {
    let type: any PoolWork.Type
    let work: UnsafeRawPointer
    let count: Int
}

/// How far a job is, in one word that threads change atomically.
private struct Phase {
    /// Threads of the pool that are inside the job: the low 16 bits.
    static let member = 1
    /// Threads may still join.
    static let open = 1 << 16
    /// The caller sleeps until the last member leaves.
    static let awaited = 1 << 17
    /// The pool is gone.
    static let stopped = 1 << 18
    /// Jobs are counted in the bits above.
    static let generation = 1 << 19

    let bits: Int
    var members: Int { bits & 0xffff }
    var isAwaited: Bool { bits & Phase.awaited != 0 }
    var isStopped: Bool { bits & Phase.stopped != 0 }
    var generation: Int { bits / Phase.generation }

    /// Whether a thread whose last job was `seen` has one to join.
    func hasJob(after seen: Int) -> Bool { bits & Phase.open != 0 && generation != seen }
}

/// What the threads of a pool share.
///
/// `@unchecked Sendable`: `job` is written by the thread that has the `turn`, while no thread is a member of the job,
/// and read by members only. A thread becomes a member by changing `phase` from a value that is open, and `run` does
/// not return before it has closed the phase and all members have left: nobody holds a job that is done.
private final class Shared: @unchecked Sendable {
    private let turn = NSLock()
    private var job: Job?
    private let next = Atomic<Int>(0)
    private let phase = Atomic<Int>(0)
    private let sleepers = Atomic<Int>(0)
    private let wake = NSCondition()
    private let done = NSCondition()
    private let spins: Bool

    init(spins: Bool) { self.spins = spins }

    func run(_ job: Job) {
        turn.lock()
        defer { turn.unlock() }
        self.job = job
        next.store(0, ordering: .relaxed)
        let generation = Phase(bits: phase.load(ordering: .relaxed)).generation &+ 1
        // Either this store comes before the last look of a thread at the phase, or the thread is among the sleepers.
        phase.store(generation &* Phase.generation | Phase.open, ordering: .sequentiallyConsistent)
        let sleeping = min(sleepers.load(ordering: .sequentiallyConsistent), job.count - 1)
        if sleeping > 0 {
            wake.lock()
            for _ in 0..<sleeping { wake.signal() }
            wake.unlock()
        }
        drain(job)
        close()
    }

    private func drain(_ job: Job) {
        while true {
            let piece = next.wrappingAdd(1, ordering: .relaxed).oldValue
            if piece >= job.count { return }
            job.type.run(job.work, piece: piece)
        }
    }

    /// Lets nobody join any more and waits for the members.
    private func close() {
        var now = Phase(bits: phase.bitwiseAnd(~Phase.open, ordering: .acquiringAndReleasing).newValue)
        var spin = Spin(spins)
        while now.members > 0 {
            if !spin.pause() { return sleepUntilDone() }
            now = Phase(bits: phase.load(ordering: .acquiring))
        }
    }

    private func sleepUntilDone() {
        done.lock()
        phase.bitwiseOr(Phase.awaited, ordering: .acquiringAndReleasing)
        while Phase(bits: phase.load(ordering: .acquiring)).members > 0 { done.wait() }
        phase.bitwiseAnd(~Phase.awaited, ordering: .acquiringAndReleasing)
        done.unlock()
    }

    /// The life of a thread of the pool.
    func work() {
        var seen = 0
        while let generation = join(after: seen) {
            seen = generation
            if let job { drain(job) }
            let before = Phase(bits: phase.wrappingSubtract(Phase.member, ordering: .acquiringAndReleasing).oldValue)
            if before.isAwaited && before.members == 1 {
                done.lock()
                done.signal()
                done.unlock()
            }
        }
    }

    /// Becomes a member of the next job and returns its generation, or nil when the pool is gone.
    private func join(after seen: Int) -> Int? {
        var spin = Spin(spins)
        while true {
            let now = Phase(bits: phase.load(ordering: .acquiring))
            if now.isStopped { return nil }
            if now.hasJob(after: seen) {
                let (joined, _) = phase.weakCompareExchange(
                    expected: now.bits, desired: now.bits + Phase.member, ordering: .acquiringAndReleasing)
                if joined { return now.generation }
            } else if !spin.pause() {
                sleep(after: seen)
                spin = Spin(spins)
            }
        }
    }

    private func sleep(after seen: Int) {
        wake.lock()
        sleepers.wrappingAdd(1, ordering: .sequentiallyConsistent)
        while true {
            let now = Phase(bits: phase.load(ordering: .sequentiallyConsistent))
            if now.isStopped || now.hasJob(after: seen) { break }
            wake.wait()
        }
        sleepers.wrappingSubtract(1, ordering: .sequentiallyConsistent)
        wake.unlock()
    }

    func stop() {
        wake.lock()
        phase.bitwiseOr(Phase.stopped, ordering: .sequentiallyConsistent)
        wake.broadcast()
        wake.unlock()
    }
}

/// A short wait without sleeping.
///
/// The jobs of one token follow each other within microseconds, while waking a thread that sleeps takes tens of them.
/// It yields instead of pausing: where other programs want the core, they get it, which measured faster for them and
/// for the pool, whose other threads may be among those that wait for a core.
private struct Spin {
    private static let nanoseconds = 30_000
    private let isOff: Bool
    private var end = 0

    init(_ spins: Bool) { isOff = !spins }

    /// Lets others run for a moment. False when the time is over, which then has to be spent asleep.
    mutating func pause() -> Bool {
        if isOff { return false }
        sched_yield()
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        let now = time.tv_sec * 1_000_000_000 + time.tv_nsec
        if end == 0 { end = now + Spin.nanoseconds }
        return now < end
    }
}
