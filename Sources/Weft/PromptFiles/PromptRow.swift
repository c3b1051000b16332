// One prompt of a prompt file.

/// A row of a prompt file: what to draw, and which settings it brings along.
public struct PromptRow: Sendable, Hashable {
    /// A size as it was asked for; whether a model draws it, the model says.
    public struct Size: Sendable, Hashable, CustomStringConvertible {
        /// Pixels from left to right, 1 or more.
        public var width: Int
        /// Pixels from top to bottom, 1 or more.
        public var height: Int

        /// A size in pixels.
        public init(width: Int, height: Int) {
            self.width = width
            self.height = height
        }

        /// `WIDTHxHEIGHT`.
        public var description: String { "\(width)x\(height)" }
    }

    /// The line of the file on which the row begins, from 1.
    public internal(set) var line: Int
    /// The place among the rows of the file, from 0; blank lines and comments do not count.
    public internal(set) var row: Int
    /// The id that the file gives; see ``name``.
    public var id: String?
    /// What to draw: text, the number of a class, or ids of the text vocabulary.
    public var prompt: GenerationRequest.Prompt
    /// What to steer away from: text, or ids of the text vocabulary.
    public var negativePrompt: GenerationRequest.Prompt?
    /// The seed of the row's first picture; see ``pictures(jobSeed:)``.
    public var seed: UInt64?
    /// The size of the pictures; nil for the default.
    public var size: Size?
    /// The token budget of the pictures; nil for the default.
    public var quality: Quality?
    /// How many pictures are drawn of the row, in 1...``largestCount``.
    public var count = 1
    /// After how many tokens to stop, 1 or more; nil for the whole grid.
    public var tokenLimit: Int?
    /// The model that the row names, as it is written; whether it is the one that draws is for the caller to check.
    public var model: String?
    /// What can be checked on the picture: any JSON value, without white space between its parts.
    public var facts: String?

    /// How tokens are chosen where the row says so.
    public var sampling: SamplingOverrides {
        get { if case .given(let overrides) = overrides { overrides } else { SamplingOverrides() } }
        set { overrides = newValue == SamplingOverrides() ? .none : .given(newValue) }
    }

    /// The most pictures of a row.
    public static let largestCount = 1_000_000

    /// Most rows have no overrides, which are larger than all the rest of a row.
    private enum Overrides: Sendable, Hashable {
        case none
        indirect case given(SamplingOverrides)
    }

    private var overrides = Overrides.none

    /// A row that says only what to draw.
    public init(line: Int, row: Int, prompt: GenerationRequest.Prompt) {
        self.line = line
        self.row = row
        self.prompt = prompt
    }
}
