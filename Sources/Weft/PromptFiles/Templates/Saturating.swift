// Numbers of combinations, which may be larger than any integer.

/// Arithmetic of numbers of 0 or more that stops at `Int.max`.
enum Saturating {
    static func sum(_ first: Int, _ second: Int) -> Int {
        let (sum, overflow) = first.addingReportingOverflow(second)
        return overflow ? .max : sum
    }

    static func product(_ first: Int, _ second: Int) -> Int {
        let (product, overflow) = first.multipliedReportingOverflow(by: second)
        return overflow ? .max : product
    }
}
