// Flags for pictures that stop before their grid is full.

public import ArgumentParser
public import Weft

struct BudgetOptions: ParsableArguments {
    @Option(
        parsing: .unconditional, help: "Stops after N tokens; the rest of the grid is filled. (default: the whole grid)"
    )
    var tokens: Int?

    @Option(help: "What stands in the rest of the grid after --tokens. (default: likely)")
    var fill: GridFill?

    func validate() throws {
        if let tokens, tokens < 1 { throw ValidationError("--tokens must be at least 1, got \(tokens)") }
    }
}

extension GridFill: ExpressibleByArgument {}
