// Runs a job with its progress on stderr.

import ArgumentParser
import Foundation
import Weft

/// What a job shows while it runs.
struct JobProgress {
    let style: ProgressStyle
    let folder: JobFolder
    let plan: JobPlan

    /// Runs the job to its end, or until a signal: `draw` is given what to report to.
    ///
    /// Throws `ExitCode` 128 and the signal's number after a signal; and what stopped it.
    func run(_ draw: ((JobEvent) throws -> Bool) throws -> Void) throws {
        let pending = folder.pending
        if folder.doneCount > 0 {
            Diagnostics.note("\(folder.doneCount) pictures are there already, \(pending.count) to draw")
        }
        let signals = SignalWatch()
        var reporter = ProgressReporter(
            style: style, pictures: pending.count,
            totalTokens: pending.reduce(0) { $0 + plan.requests[$1.index].allDrawnTokens })
        try draw { event in
            switch event {
            case .tokens(let tokens, _): reporter.tokens(tokens)
            case .committed(let picture, let file, let passes):
                reporter.picture(
                    path: "\(folder.path)/\(file)", seed: picture.seed, id: picture.id,
                    passes: plan.requests[picture.index].saved(passes: passes))
            case .failed(let picture, let error): reporter.failed(id: picture.id, error: error)
            }
            return signals.signal == nil
        }
        if let signal = signals.signal, reporter.donePictures + reporter.failedPictures < pending.count {
            reporter.stopped()
            throw ExitCode(128 + signal)
        }
        reporter.finish()
    }
}
