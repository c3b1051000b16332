// Prompts of templates that are drawn.

import WeftSampling

extension PromptTemplate {
    /// A prompt that is drawn: every variant by the weights of its options.
    ///
    /// - Throws: ``RowProblem`` if it is too long
    func prompt(_ random: inout CounterRandom) throws -> String {
        var texts: [String] = []
        for part in parts {
            switch part {
            case .text(let text): texts.append(text)
            case .variant(let variant):
                var size = TemplateSize()
                let chosen = try variant.draw(&random).map { try $0.template.prompt(&random) }
                texts.append(try size.joined(chosen, separator: variant.joiner))
            }
        }
        var size = TemplateSize()
        return try size.joined(texts)
    }
}
