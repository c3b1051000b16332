// Values of JSON taken one by one.

import Testing
import WeftTensor

@Suite struct JSONScannerTests {
    /// What `body` takes from a text; nil if it fails, with where it stopped.
    private func take<Value>(
        _ text: String, _ body: (inout JSONScanner) throws -> Value
    ) -> (value: Value?, failure: JSONScanner.Failure?, position: Int) {
        var copy = text
        return copy.withUTF8 { bytes in
            var scanner = JSONScanner(UnsafeRawBufferPointer(bytes))
            do {
                return (try body(&scanner), nil, scanner.position)
            } catch {
                return (nil, error as? JSONScanner.Failure, scanner.position)
            }
        }
    }

    @Test(arguments: ["0", "-0", "1", "10", "1.5", "0.25", "-1e9", "1E+9", "2.5e-3", "18446744073709551616"])
    func numbersAreTakenAsTheyAreWritten(text: String) {
        #expect(JSONScanner.isNumber(text))
        #expect(take(" \(text) ,") { try $0.number() }.value == text)
    }

    @Test(arguments: [
        "", "-", "+1", "01", "-01", ".5", "1.", "1.e5", "1e", "1e+", "0x1", "0x1p3", "1e5.5", "1 2", "nan",
    ])
    func otherTextsAreNoNumbers(text: String) {
        #expect(!JSONScanner.isNumber(text))
        let taken = take(text) { scanner in
            let number = try scanner.number()
            try scanner.end()
            return number
        }
        #expect(taken.value == nil && taken.failure == .syntax)
    }

    @Test(arguments: ["\"1\"", "[1]", "{\"a\":1}", "true", "null"])
    func valuesOfOtherKindsAreNoNumbers(text: String) {
        #expect(take(text) { try $0.number() }.failure == .kind)
    }

    @Test func aValueIsTakenWithItsWhiteSpaceInside() {
        let text = " [1, {\"a\" : \"]\\\"\"}]\t, 2"
        let taken = take(text) { scanner in
            let bytes = try scanner.raw()
            return String(decoding: bytes, as: UTF8.self)
        }
        #expect(taken.value == "[1, {\"a\" : \"]\\\"\"}]" && taken.position == 19)
    }

    @Test func textsThatAreNoUTF8AreSyntaxErrors() {
        for bytes in [[0x22, 0xff, 0x22], [0x22, 0x5c, 0x6e, 0xc3, 0x22]] as [[UInt8]] {
            bytes.withUnsafeBytes { bytes in
                var scanner = JSONScanner(bytes)
                #expect(throws: JSONScanner.Failure.syntax) { try scanner.string() }
            }
        }
        #expect(take("\"\u{feff}a\u{fffd}\"") { try $0.string() }.value == "\u{feff}a\u{fffd}")
    }

    @Test func thePlaceOfAnErrorIsKnown() {
        #expect(take("{\"a\": x}") { try $0.raw() }.position == 7)
        #expect(take("{\"a\" 1}") { try $0.raw() }.position == 5)
    }
}
