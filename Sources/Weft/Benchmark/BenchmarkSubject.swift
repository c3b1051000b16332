// What is measured: a model with its weights, or a shape with random ones.

import Foundation
import WeftModel
import WeftTensor

/// A model or a shape, not loaded yet.
package struct BenchmarkSubject: Sendable {
    /// The name of the model or shape.
    package let name: String
    private let source: Source

    private enum Source: Sendable {
        case model(Checkpoint)
        case shape(ModelShape)
    }

    /// A model with its weights.
    ///
    /// - Parameter model: what `ModelStore.path(of:)` takes; nil is the embedded model
    /// - Throws: an error that names the file and what is wrong with it
    package init(model: String?) throws {
        let checkpoint = try Checkpoint.open(ModelStore.path(of: model))
        name = checkpoint.name
        source = .model(checkpoint)
    }

    /// A shape with random weights.
    ///
    /// - Parameter shape: one of ``shapeNames``, or a folder with a `config.json` of weft's own layout
    /// - Throws: ``WeftError`` that names the shape if it is neither; an error that names the key that makes no sense
    package init(shape name: String) throws {
        let shape: ModelShape
        if let published = try ModelShape.published(name) {
            shape = published
        } else {
            let folder = name == ModelStore.embeddedModel ? try ModelStore.path(of: nil) : name
            guard FileManager.default.fileExists(atPath: "\(folder)/config.json") else {
                throw WeftError(
                    .invalidRequest,
                    "shape \(name): is none of \(Self.shapeNames.joined(separator: ", ")), and no folder with a config.json"
                )
            }
            shape = try ModelShape(folder: folder)
        }
        self.name = shape.name
        source = .shape(shape)
    }

    /// The shapes that have names: those of published models and of the embedded one.
    package static let shapeNames = ModelShape.publishedNames + [ModelStore.embeddedModel]

    /// The model with weights of a type; nothing is read or made of them yet.
    ///
    /// - Parameters:
    ///   - weights: the type of matrices; nil for what is stored, or bfloat16 for a shape
    ///   - cache: the type of keys and values; nil for the one that goes with the weights
    ///   - parts: the networks that are wanted
    ///   - pool: the threads that make random weights
    func description(
        weights: WeightType?, cache: CacheType? = nil, parts: Parts, pool: ThreadPool
    ) throws -> ModelDescription {
        var checkpoint =
            switch source {
            case .shape(let shape): shape.checkpoint(weights: Self.stored(weights), pool: pool)
            case .model(let stored): stored
            }
        if !parts.contains(.transformer) { checkpoint.transformer = nil }
        if !parts.contains(.imageTokenizer) { checkpoint.imageTokenizer = nil }
        return try ModelDescription(checkpoint, weights: weights, cache: cache)
    }

    /// The type that random weights are made in: those of 8 and 4 bits are quantised from bfloat16 while loading.
    private static func stored(_ weights: WeightType?) -> DType {
        if case .plain(let dtype) = weights?.format { dtype } else { .bfloat16 }
    }

    /// What a table calls a type of weights.
    func label(_ weights: WeightType?) -> String {
        if case .shape = source { return (weights ?? .bf16).rawValue }
        return weights?.rawValue ?? "stored"
    }

    /// Networks of a model.
    struct Parts: OptionSet {
        let rawValue: Int
        static let transformer = Parts(rawValue: 1)
        static let imageTokenizer = Parts(rawValue: 2)
    }
}
