// What is measured of every picture.

/// Something that is measured of every picture of an experiment.
public enum ExperimentMeasure: String, Sendable, CaseIterable {
    /// How long a picture takes, in seconds.
    case seconds
    /// Tokens drawn in a second.
    case tokensPerSecond = "tokens_per_second"
    /// The most memory that the process had, in bytes.
    case peakBytes = "peak_bytes"
    /// The share of the prompt's facts that a picture shows, 0 to 1.
    case faithfulness
    /// How much of a picture survives the image tokenizer, in dB.
    case psnr = "psnr_db"

    /// What it is called in a report.
    public var title: String {
        switch self {
        case .seconds: "Time"
        case .tokensPerSecond: "Speed"
        case .peakBytes: "Peak memory"
        case .faithfulness: "Faithfulness"
        case .psnr: "Reconstruction PSNR"
        }
    }

    /// The unit that people read it in.
    public var unit: String {
        switch self {
        case .seconds: "seconds a picture"
        case .tokensPerSecond: "tokens a second"
        case .peakBytes: "MiB"
        case .faithfulness: "% of facts"
        case .psnr: "dB"
        }
    }

    /// The value that a record has, in the unit of ``ExperimentRecord``; nil where it was not measured.
    public func value(of record: ExperimentRecord) -> Double? {
        switch self {
        case .seconds: record.seconds
        case .tokensPerSecond: record.tokensPerSecond
        case .peakBytes: record.peakBytes.map(Double.init)
        case .faithfulness: record.faithfulness
        case .psnr: record.psnr
        }
    }

    /// A value in ``unit``.
    func displayed(_ value: Double) -> Double {
        switch self {
        case .peakBytes: value / 1_048_576
        case .faithfulness: value * 100
        case .seconds, .tokensPerSecond, .psnr: value
        }
    }

    /// Why no picture may have it, as a half sentence.
    var absence: String {
        switch self {
        case .seconds, .tokensPerSecond: "not measured"
        case .peakBytes: "the system does not tell"
        case .faithfulness: "no prompt has facts that were checked"
        case .psnr: "no image encoder was used"
        }
    }
}
