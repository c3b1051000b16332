// How a family turns what a user asks for into the prefixes of a picture's rows.

package import WeftTensor

/// What a user asks for, before it is tokens.
package enum PromptContent: Sendable, Hashable {
    /// Words.
    case text(String)
    /// The whole prefix as ids of the text vocabulary, the token that begins the picture included.
    case tokens([Int])
    /// A class of a class-conditional model.
    case label(Int)
    /// Features of a caption, `[count, caption width]`.
    case features([Float])
}

/// A prompt, what to steer away from, and the grid that is asked for.
package struct PromptRequest: Sendable, Hashable {
    /// What to draw.
    package var prompt: PromptContent
    /// What to steer away from; nil for the row that the family is guided with.
    package var negative: PromptContent?
    /// Whether guidance needs a second row.
    package var isGuided: Bool
    /// Rows of the picture's grid.
    package var rows: Int
    /// Columns of the picture's grid.
    package var columns: Int

    /// Describes a request.
    package init(prompt: PromptContent, negative: PromptContent?, isGuided: Bool, rows: Int, columns: Int) {
        self.prompt = prompt
        self.negative = negative
        self.isGuided = isGuided
        self.rows = rows
        self.columns = columns
    }
}

/// The prefixes of a picture's rows.
package struct GuidedPrefix: Sendable {
    /// What the prompt becomes.
    package var conditional: Prefix.Content
    /// What guidance steers away from; nil without guidance.
    package var unconditional: Prefix.Content?

    /// Two prefixes.
    package init(conditional: Prefix.Content, unconditional: Prefix.Content?) {
        self.conditional = conditional
        self.unconditional = unconditional
    }
}

/// Turns prompts into prefixes, as a family's reference implementation does.
package protocol PromptScheme: Sendable {
    /// The longest prefix, in tokens.
    var maximumPrefix: Int { get }

    /// Whether prompts are read without a network, so that thousands can be checked beforehand.
    var isQuick: Bool { get }

    /// The prefixes of a picture's rows.
    ///
    /// Throws ``PromptError`` that says which prompt is meant and what is wrong with it.
    func prefixes(for request: PromptRequest, pool: ThreadPool) throws -> GuidedPrefix

    /// The words of a prompt that the text model does not know, in order.
    func unknownWords(in prompt: String) -> [String]
}

extension PromptScheme {
    /// True: tokens and templates.
    package var isQuick: Bool { true }

    /// None: most text models can spell everything.
    package func unknownWords(in prompt: String) -> [String] { [] }
}

/// Why a prompt cannot be read.
package struct PromptError: Error, Sendable, Equatable, CustomStringConvertible {
    /// One line that names the prompt and what is wrong with it.
    package let description: String

    /// Makes an error.
    package init(_ description: String) { self.description = description }
}
