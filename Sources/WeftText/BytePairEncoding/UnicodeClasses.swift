// Classes of characters that the splitting of words asks for.

extension Unicode.Scalar {
    /// A letter, mark, decimal digit, connector or joiner (Unicode Technical Standard 18, annex C).
    var isWord: Bool {
        if isASCII { return isASCIIWord }
        if properties.isAlphabetic || properties.isJoinControl { return true }
        switch properties.generalCategory {
        case .nonspacingMark, .spacingMark, .enclosingMark, .decimalNumber, .connectorPunctuation: return true
        default: return false
        }
    }

    private var isASCIIWord: Bool {
        switch value {
        case 0x30...0x39, 0x41...0x5A, 0x5F, 0x61...0x7A: true
        default: false
        }
    }

    /// General category N.
    var isNumber: Bool {
        switch properties.generalCategory {
        case .decimalNumber, .letterNumber, .otherNumber: true
        default: false
        }
    }

    /// General category P, or a visible ASCII character that is neither letter nor digit.
    var isPunctuation: Bool {
        switch properties.generalCategory {
        case .connectorPunctuation, .dashPunctuation, .openPunctuation, .closePunctuation, .initialPunctuation,
            .finalPunctuation, .otherPunctuation:
            true
        default: value > 0x20 && value < 0x7F && !(isASCIIWord && value != 0x5F)
        }
    }
}
