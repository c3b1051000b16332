// Measures a model: one phase after the other, always in the same order.

import Foundation
import WeftModel
import WeftTensor

/// One run of a benchmark; belongs to one thread.
package final class BenchmarkRunner {
    let options: BenchmarkOptions
    let pool: ThreadPool
    /// Bytes a second; 0 before it was measured.
    private(set) var readBandwidth = 0.0
    private let subject: BenchmarkSubject
    private let note: (String) -> Void
    private let isStopped: () -> Bool

    /// What ends a run between two steps.
    struct Stopped: Error {}

    /// Prepares a run; nothing is measured or loaded yet.
    ///
    /// - Parameters:
    ///   - subject: what is measured
    ///   - options: what of it, and how often
    ///   - note: called with a line for people about what comes next
    ///   - isStopped: asked between steps whether to end
    package init(
        _ subject: BenchmarkSubject, _ options: BenchmarkOptions, note: @escaping (String) -> Void = { _ in },
        isStopped: @escaping () -> Bool = { false }
    ) {
        self.subject = subject
        self.options = options
        self.note = note
        self.isStopped = isStopped
        pool = ThreadPool(options.threads)
    }

    /// Measures everything and tells of each result as it is there.
    ///
    /// Types of weights come first in order, then phases, then rows, then contexts. Nothing is allocated unless the largest
    /// of the models fits into the memory that is free.
    ///
    /// - Parameters:
    ///   - bandwidthBytes: how much memory the read bandwidth is measured with
    ///   - report: called with each result
    /// - Returns: false if it was stopped before all was measured
    /// - Throws: ``WeftError`` that names what does not fit, with the sizes; an error that names the file that cannot be
    ///   loaded; what `report` throws
    package func run(
        bandwidthBytes: Int = ReadBandwidth.usualBytes, _ report: (BenchmarkResult) throws -> Void
    ) throws -> Bool {
        let parts = options.phases.reduce(into: BenchmarkSubject.Parts()) { $0.formUnion($1.parts) }
        let whole = try options.weights.map {
            try subject.description(
                weights: $0, cache: options.cache, parts: [.transformer, .imageTokenizer], pool: pool)
        }
        let size = try whole[0].size(width: options.width, height: options.height, quality: options.quality)
        for (description, weights) in zip(whole, options.weights) {
            try BenchmarkMemory(description, options, size: size).check(
                "\(subject.name) \(subject.label(weights))", free: AvailableMemory.bytes)
        }
        do {
            readBandwidth = ReadBandwidth.measure(bytes: bandwidthBytes, pool: pool)
            note(String(format: "read bandwidth %.1f GB/s, %d threads", readBandwidth / 1e9, pool.threadCount))
            for weights in options.weights {
                if isStopped() { throw Stopped() }
                let start = ContinuousClock.now
                let model = try Model(
                    subject.description(weights: weights, cache: options.cache, parts: parts, pool: pool))
                let seconds = (ContinuousClock.now - start) / .seconds(1)
                note(String(format: "%@ %@: loaded in %.1f s", subject.name, subject.label(weights), seconds))
                try measure(model, label: subject.label(weights), size: size, report)
            }
        } catch is Stopped {
            return false
        }
        return true
    }

    private func measure(
        _ model: Model, label: String, size: PictureSize, _ report: (BenchmarkResult) throws -> Void
    ) throws {
        for phase in BenchmarkPhase.allCases where options.phases.contains(phase) {
            for batch in options.batches {
                for context in phase == .decode ? options.contexts : [0] {
                    note("\(subject.name) \(label) \(phase.rawValue), batch \(batch), context \(context)")
                    var planned = options
                    (planned.batches, planned.contexts) = ([batch], [context])
                    let memory = try BenchmarkMemory(model.description, planned, size: size, measured: [phase])
                    var result = BenchmarkResult(
                        shape: subject.name, weights: label, cache: model.description.cacheType.rawValue, phase: phase,
                        rows: batch, context: context, tokens: 0,
                        steps: 1, threads: pool.threadCount, seconds: RepetitionTimes([0]), parts: 1,
                        readBandwidth: readBandwidth, plannedMemory: memory.total)
                    _ = PeakMemory.reset()
                    switch phase {
                    case .prefill: try prefill(model, &result)
                    case .decode: try decode(model, columns: size.columns, &result)
                    case .detokenize: try detokenize(model, size, &result)
                    case .picture: try draw(model, size, &result)
                    }
                    result.peakMemory = PeakMemory.bytes
                    try report(result)
                }
            }
        }
    }

    /// Throws if the run is to end.
    func checkStop() throws {
        if isStopped() { throw Stopped() }
    }

    /// The seconds of each repetition, after one that does not count.
    ///
    /// - Parameters:
    ///   - parts: what the seconds of a repetition are divided by
    ///   - prepare: done before each repetition, not measured
    func time(
        parts: Int = 1, prepare: () throws -> Void = {}, _ work: () throws -> Void
    ) throws -> RepetitionTimes {
        let seconds = try ((options.warmsUp ? -1 : 0)..<options.repetitions).map { _ in
            try checkStop()
            try prepare()
            let start = ContinuousClock.now
            try work()
            return (ContinuousClock.now - start) / .seconds(Double(parts))
        }
        return RepetitionTimes(Array(seconds.suffix(options.repetitions)))
    }
}
