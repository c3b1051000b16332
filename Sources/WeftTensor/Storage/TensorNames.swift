// Where the tensors of a model stand in the files of a checkpoint that names them otherwise.

/// The place of one tensor in the files of a checkpoint.
package struct TensorPlace: Sendable, Equatable {
    /// What part of the stored tensor is meant.
    package enum Part: Sendable, Equatable {
        /// All of it.
        case whole
        /// Some rows of the first dimension, out of `total`; nil if the file may have any number that holds them.
        case rows(Range<Int>, total: Int?)
        /// The last element of dimension 2, of a convolution over time and space `[out, in, time, height, width]`.
        case lastTap
    }

    /// The tensor's name in the files.
    package var name: String
    /// What part of it is meant.
    package var part: Part

    /// Describes a place.
    package init(_ name: String, part: Part = .whole) {
        self.name = name
        self.part = part
    }
}

/// Tells where a model's tensors stand: from the model's own name to a place in the files.
package struct TensorNames: Sendable {
    private let place: @Sendable (String) -> TensorPlace

    /// Makes a mapping of a function from the model's names.
    package init(_ place: @escaping @Sendable (String) -> TensorPlace) { self.place = place }

    /// The files use the model's own names, after a prefix.
    package static func prefixed(_ prefix: String = "") -> TensorNames { TensorNames { TensorPlace(prefix + $0) } }

    /// Where the tensor of that name stands.
    package func callAsFunction(_ name: String) -> TensorPlace { place(name) }

    /// Whether a model has no need of a tensor, by its name in the files.
    ///
    /// - Parameter patterns: what the names of such tensors begin with; after a `*`, what stands anywhere in them
    package static func isIgnored(_ name: String, by patterns: [String]) -> Bool {
        patterns.contains { $0.hasPrefix("*") ? name.contains($0.dropFirst()) : name.hasPrefix($0) }
    }
}
