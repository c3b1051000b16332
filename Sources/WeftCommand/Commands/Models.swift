// weft models: what there is, and what a folder is.

import ArgumentParser
import Foundation
import Weft
import WeftSampling

struct Models: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Lists the models that come with weft, or says what a folder is or lacks.")

    @Argument(help: "Model folders or weights files, or org/name in the hub's cache.")
    var models: [String] = []

    func run() throws {
        guard models.isEmpty else {
            for model in models { try show(ModelDescription(folder: ModelStore.path(of: model))) }
            return
        }
        guard let folder = ModelStore.folder else {
            throw WeftError(.invalidModel, "there is no folder Models beside the program; WEFT_MODELS can name one")
        }
        for name in ModelStore.names {
            let model = try ModelDescription(folder: "\(folder)/\(name)")
            print("\(name)\t\(sizes(model, separator: ", "))\t\(model.folder)")
        }
    }

    private func sizes(_ model: ModelDescription, separator: String) -> String {
        model.sizes.map { "\($0) \($0.quality.rawValue) (\($0.tokenCount) tokens)" }.joined(separator: separator)
    }

    private func show(_ model: ModelDescription) {
        var rows = [("name", model.name), ("family", model.family), ("folder", model.folder)]
        rows.append(("can", abilities(model)))
        if model.canGenerate {
            rows.append(("sizes", sizes(model, separator: "\n          ")))
            let sampling = model.sampling
            rows.append(
                (
                    "sampling",
                    "temperature \(sampling.temperature), top-k \(sampling.topK), top-p \(sampling.topP), "
                        + "guidance \(sampling.guidanceScale)"
                ))
        }
        if let lack = model.lack { rows.append(("lacks", lack)) }
        for (name, value) in rows { print(name.padding(toLength: 9, withPad: " ", startingAt: 0), value) }
    }

    private func abilities(_ model: ModelDescription) -> String {
        switch (model.canGenerate, model.canDecode) {
        case (true, true): "generate tokens and pictures, decode"
        case (true, false): "generate tokens"
        case (false, _): "decode"
        }
    }
}
