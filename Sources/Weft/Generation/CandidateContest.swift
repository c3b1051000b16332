// Which candidate becomes the picture.

/// The candidates of one picture, as they end.
struct CandidateContest {
    private var waiting: Int  // candidates that have not ended
    /// The best one that has ended with all its tokens.
    private(set) var best: Drawing?
    private var failure: (candidate: Int, error: any Error)?
    /// When the first of them had its place.
    private(set) var start = ContinuousClock.now

    /// A contest of `candidates`, at least one, none of which has ended.
    init(candidates: Int) { waiting = candidates }

    /// Whether all of them have ended.
    var isOver: Bool { waiting == 0 }

    /// The best one, or what went wrong with the first that could not be drawn.
    var result: Result<Drawing, any Error> {
        if let failure { return .failure(failure.error) }
        guard let best else { preconditionFailure("no candidate has ended") }
        return .success(best)
    }

    /// Takes one that has all its tokens, or cannot have them; the order in which they come does not matter.
    mutating func end(_ drawing: Drawing) {
        waiting -= 1
        if let error = drawing.failure {
            if failure.map({ drawing.candidate < $0.candidate }) ?? true { failure = (drawing.candidate, error) }
        } else if best.map({ drawing.beats($0) }) ?? true {
            best = drawing
        }
    }
}

extension Drawing {
    /// Whether it fits the prompt better, or as well and comes first.
    fileprivate func beats(_ other: Drawing) -> Bool { (score, other.candidate) > (other.score, candidate) }
}
