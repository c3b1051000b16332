// The values of axes, from text.

import Testing
import Weft

@Suite struct AxisTests {
    private static let keys: [String: AxisKind] = [
        "temperature": .number, "top_k": .wholeNumber(from: 0), "tokens": .wholeNumber(from: 1), "size": .size,
        "quality": .words(["low", "medium", "high"]), "guidance_schedule": .words(["constant", "linear", "cosine"]),
    ]

    private func values(_ text: String) throws -> [String] { try Axis(parsing: text, keys: Self.keys).values }

    private func problem(_ text: String) -> String {
        let error = errorText { try values(text) }
        let prefix = "axis \"\(text)\""
        #expect(error.hasPrefix(prefix), "\(error)")
        return String(error.dropFirst(prefix.count))
    }

    @Test(arguments: [
        ("tokens=1,2,8", "1 2 8"), ("tokens=3-6", "3 4 5 6"), ("tokens=16-64+16", "16 32 48 64"),
        ("tokens=16-63+16", "16 32 48"), ("tokens=16-100*2", "16 32 64"), ("tokens=5-5", "5"),
        ("tokens=7-9,1,2-4*2", "7 8 9 1 2 4"),
        ("top_k=0", "0"), ("top_k=007", "7"), ("top_k=1e2", "100"),
        ("temperature=0.7-1.0+0.1", "0.7 0.8 0.9 1"), ("temperature=.5,1.50", "0.5 1.5"), ("temperature=2.", "2"),
        ("temperature=-1-1", "-1 0 1"), ("temperature=-2--1+0.25", "-2 -1.75 -1.5 -1.25 -1"),
        ("temperature=-0.2-0.1+.1", "-0.2 -0.1 0 0.1"), ("temperature=-3", "-3"), ("temperature=-0", "0"),
        ("temperature=1e-4-1e-1*10", "0.0001 0.001 0.01 0.1"), ("temperature=1-4*1.5", "1 1.5 2.25 3.375"),
        ("temperature=0.000000000000001", "0.000000000000001"),
        ("size=64", "64x64"), ("size=128x96,64", "128x96 64x64"), ("size=64-256*2", "64x64 128x128 256x256"),
        ("quality=high,low", "high low"), ("guidance_schedule=constant,cosine", "constant cosine"),
    ])
    func reads(text: String, expected: String) throws {
        let axis = try Axis(parsing: text, keys: Self.keys)
        #expect(axis.values.joined(separator: " ") == expected)
        #expect(text.hasPrefix(axis.key + "="))
    }

    @Test func sumsAreExact() throws {
        // Floating point would have ended at 0.9999999999999999 and gone on.
        #expect(try values("temperature=0-1+0.1").suffix(3) == ["0.8", "0.9", "1"])
        let long = try values("temperature=0-0.9999+0.0001")
        #expect(long.count == 10_000 && long[1234] == "0.1234" && long[9999] == "0.9999")
        #expect(
            try values("temperature=99999999999999999998.5-99999999999999999999+0.1").last == "99999999999999999999")
        #expect(
            try values(
                "temperature=99999999999999999999.000000000000001-99999999999999999999.000000000000002+0.000000000000001"
            ).count == 2)
    }

    @Test(arguments: [
        ("tokens=", " has no values"), ("tokens=1,,2", ": value 2 is empty"), ("tokens=1,", ": value 2 is empty"),
        ("tokens=1,2,1", ": \"1\" has the value 1 a second time"),
        ("tokens=1-4,2-3", ": \"2-3\" has the value 2 a second time"),
        ("temperature=1,1.0", ": \"1.0\" has the value 1 a second time"),
        ("size=64,64x64", ": \"64x64\" has the value 64x64 a second time"),
        ("tokens=1-4+0", ": \"1-4+0\" has a step of 0; it must be above 0"),
        ("tokens=4-1+-1", ": \"4-1+-1\" has a step of -1; it must be above 0"),
        ("tokens=4-1", ": \"4-1\" goes down from 4 to 1; a range goes up"),
        ("tokens=1-8*1", ": \"1-8*1\" has a factor of 1; it must be above 1"),
        ("tokens=1-8*.5", ": \"1-8*.5\" has a factor of 0.5; it must be above 1"),
        ("tokens=0-8*2", ": \"0-8*2\" begins at 0; a range with a factor must begin above 0"),
        ("temperature=0.7-1", ": \"0.7-1\" needs a step, as in 0.7-1+0.1"),
        ("tokens=0", ": \"0\" gives 0: it must be a whole number of 1 or more"),
        ("top_k=-1", ": \"-1\" gives -1: it must be a whole number of 0 or more"),
        ("tokens=1-2+0.5", ": \"1-2+0.5\" gives 1.5: it must be a whole number of 1 or more"),
        ("tokens=many", ": \"many\" lacks a number at \"many\""), ("tokens=1-", ": \"1-\" lacks a number at its end"),
        ("tokens=1-2+", ": \"1-2+\" lacks a number at its end"),
        ("tokens=1-2*x", ": \"1-2*x\" lacks a number at \"x\""),
        ("tokens= 1", ": \" 1\" lacks a number at \" 1\""), ("tokens=1 ", ": \"1 \" has \" \" after the number 1"),
        ("tokens=1:3", ": \"1:3\" has \":3\" after the number 1"),
        ("tokens=1-3:1", ": \"1-3:1\" has \":1\" after its end; a step is +STEP, a factor *FACTOR"),
        ("tokens=1-3+1+1", ": \"1-3+1+1\" has \"+1\" after its end"),
        ("tokens=+1", ": \"+1\" lacks a number at \"+1\""), ("temperature=nan", ": \"nan\" lacks a number at \"nan\""),
        ("size=64x", ": \"64x\" is not a size, WIDTHxHEIGHT in pixels as in 128x96, or one number for a square"),
        ("size=0", ": \"0\" gives 0: a side must be a whole number of pixels above 0"),
        ("size=1.5", ": \"1.5\" gives 1.5: a side must be a whole number of pixels above 0"),
        ("quality=hig", ": \"hig\" is not one of low, medium, high; did you mean \"high\"?"),
        ("quality=low-high", ": \"low-high\" is not one of low, medium, high"),
        ("tokens=1-10001", ": \"1-10001\" has more than 10000 values"),
        ("tokens=1-10000,0", ": \"0\" gives 0: it must be a whole number of 1 or more"),
        ("tokens=2-10000,20001-20002", " has more than 10000 values"),
    ])
    func namesWhatIsWrong(text: String, expected: String) {
        #expect(problem(text) == expected)
    }

    @Test(arguments: [
        "100000000000000000000", "0.0000000000000001", "1e400", "-1e99", "1e-16",
        "123456789012345678901234567890123456",
    ])
    func numbersOfTooManyDigitsAreRefused(number: String) {
        #expect(
            problem("temperature=\(number)")
                == ": \"\(number)\" has the number \"\(number)\", and the most is 20 digits before the point and 15 after it"
        )
    }

    @Test func aFactorThatGivesTooManyDigitsIsRefused() {
        #expect(
            problem("temperature=1-1000*1.001").contains(
                "comes to a number after 1.005010010005001 that has too many digits; list the values"))
    }

    @Test func keysAreKnown() {
        #expect(
            problem("temprature=1") == ": unknown key \"temprature\"; did you mean \"temperature\"?")
        #expect(
            problem("colour=1")
                == ": unknown key \"colour\"; the keys are guidance_schedule, quality, size, temperature, tokens, top_k"
        )
        for text in ["", "=", "=1", "temperature", "1,2"] {
            #expect(problem(text) == " is not KEY=VALUES, as in temperature=0.7,1 or size=64-256*2")
        }
    }

    @Test func seeds() throws {
        #expect(try Axis.seeds(parsing: "1-4") == [1, 2, 3, 4])
        #expect(try Axis.seeds(parsing: "7,0,100-300+100") == [7, 0, 100, 200, 300])
        #expect(try Axis.seeds(parsing: "18446744073709551614-18446744073709551615") == [.max - 1, .max])
        #expect(
            errorText { try Axis.seeds(parsing: "18446744073709551616") }
                == "seeds \"18446744073709551616\": 18446744073709551616 is above the largest seed, 18446744073709551615"
        )
        #expect(
            errorText { try Axis.seeds(parsing: "1,-2") }
                == "seeds \"1,-2\": \"-2\" gives -2: it must be a whole number of 0 or more")
        #expect(errorText { try Axis.seeds(parsing: "") } == "seeds \"\" has no values")
    }
}
