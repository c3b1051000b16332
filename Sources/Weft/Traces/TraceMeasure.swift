// What can be shown of a trace.

/// What a trace tells of each token.
public enum TraceMeasure: String, Sendable, CaseIterable {
    /// ``PictureTrace/logProbability``
    case logProbability = "log-probability"
    /// ``PictureTrace/entropy``
    case entropy
    /// ``PictureTrace/rank``
    case rank
    /// ``PictureTrace/modelLogProbability``
    case modelLogProbability = "model-log-probability"
    /// ``PictureTrace/modelEntropy``
    case modelEntropy = "model-entropy"
}
