// The quantile of Student's t distribution that 95% intervals need.

import Foundation

/// Student's t distribution with a whole number of degrees of freedom.
enum StudentT {
    /// The t for which 95% of the distribution lie between -t and t; `freedom` is at least 1.
    static func quantile95(freedom: Int) -> Double {
        precondition(freedom > 0, "t with \(freedom) degrees of freedom")
        var low = 1.9
        var high = 12.8
        while true {
            let middle = (low + high) / 2
            if middle <= low || middle >= high { return middle }
            if central(middle, freedom: freedom) < 0.95 { low = middle } else { high = middle }
        }
    }

    /// The share of the distribution between -t and t: M. Abramowitz and I. A. Stegun, "Handbook of Mathematical
    /// Functions", 1964, 26.7.3 and 26.7.4.
    static func central(_ t: Double, freedom: Int) -> Double {
        let angle = atan(t / Double(freedom).squareRoot())
        let square = cos(angle) * cos(angle)
        let isOdd = freedom % 2 == 1
        // 1 + 1/2 cos^2 + 1/2 3/4 cos^4 ... for even numbers, cos + 2/3 cos^3 + 2/3 4/5 cos^5 ... for odd ones.
        var term = isOdd ? cos(angle) : 1
        var sum = 0.0
        for k in stride(from: isOdd ? 1 : 0, to: freedom - 1, by: 2) {
            sum += term
            term *= square * Double(k + 1) / Double(k + 2)
        }
        return isOdd ? (angle + sin(angle) * sum) * 2 / .pi : sin(angle) * sum
    }
}
