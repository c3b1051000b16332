// What flags say over the rows of a prompt file.

import Weft

extension PromptOverrides {
    /// The values of the flags that prompt files and experiments share.
    init(_ size: SizeOptions, _ budget: BudgetOptions, _ sampling: SamplingOptions) throws {
        self.init()
        (width, height) = try size.pixels()
        quality = size.quality
        self.sampling = sampling.overrides
        tokenLimit = budget.tokens
        fill = budget.fill
    }
}
