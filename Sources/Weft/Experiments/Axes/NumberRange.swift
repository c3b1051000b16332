// Numbers in the grammar of llama-bench: one, or a range of them.

import Foundation

/// `NUMBER`, `FIRST-LAST`, `FIRST-LAST+STEP` or `FIRST-LAST*FACTOR`, as llama-bench has it, with decimal and negative
/// numbers besides.
///
/// A range begins with its first number and ends with its last one, or before it if no step falls on it. Without a step
/// the step is 1, which both ends must be whole numbers for.
struct NumberRange {
    private enum Growth {
        case step(ExactNumber)
        case factor(ExactNumber)
    }

    private let first: ExactNumber
    private let last: ExactNumber
    private let growth: Growth?

    /// Reads a number or a range.
    ///
    /// - Throws: ``AxisProblem`` that says what is wrong
    init(parsing text: String) throws {
        var rest = Substring(text)
        first = try ExactNumber(takenFrom: &rest)
        if rest.isEmpty {
            (last, growth) = (first, nil)
            return
        }
        guard rest.first == "-" else {
            throw AxisProblem("has \(Excerpt.quoted(String(rest))) after the number \(first)")
        }
        rest.removeFirst()
        last = try ExactNumber(takenFrom: &rest)
        growth = try Self.growth(&rest, from: first, to: last)
        guard rest.isEmpty else { throw AxisProblem("has \(Excerpt.quoted(String(rest))) after its end") }
        guard first <= last else { throw AxisProblem("goes down from \(first) to \(last); a range goes up") }
    }

    private static func growth(_ rest: inout Substring, from first: ExactNumber, to last: ExactNumber) throws -> Growth
    {
        switch rest.first {
        case "+":
            rest.removeFirst()
            let step = try ExactNumber(takenFrom: &rest)
            guard step.value > 0 else { throw AxisProblem("has a step of \(step); it must be above 0") }
            return .step(step)
        case "*":
            rest.removeFirst()
            let factor = try ExactNumber(takenFrom: &rest)
            guard factor.value > 1 else { throw AxisProblem("has a factor of \(factor); it must be above 1") }
            guard first.value > 0 else {
                throw AxisProblem("begins at \(first); a range with a factor must begin above 0")
            }
            return .factor(factor)
        case nil:
            guard first.isWhole, last.isWhole, let one = ExactNumber(1) else {
                throw AxisProblem("needs a step, as in \(first)-\(last)+0.1")
            }
            return .step(one)
        default:
            throw AxisProblem("has \(Excerpt.quoted(String(rest))) after its end; a step is +STEP, a factor *FACTOR")
        }
    }

    /// The numbers in order.
    ///
    /// - Throws: ``AxisProblem`` if there are more than ``Axis/maximumCount``, or one has too many digits
    func values() throws -> [ExactNumber] {
        var values = [first]
        while let growth, let current = values.last {
            let next =
                switch growth {
                case .step(let step): current.value + step.value
                case .factor(let factor): current.value * factor.value
                }
            guard next <= last.value else { break }
            guard let exact = ExactNumber(next) else {
                throw AxisProblem("comes to a number after \(current) that has too many digits; list the values")
            }
            guard values.count < Axis.maximumCount else {
                throw AxisProblem("has more than \(Axis.maximumCount) values")
            }
            values.append(exact)
        }
        return values
    }
}
