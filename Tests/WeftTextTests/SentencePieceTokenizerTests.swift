// The ids are those of the Python library, and everything that goes wrong has a name.

import Foundation
import Testing
import WeftText

@Suite struct SentencePieceTokenizerTests {
    @Test func encodesAsTheReferenceDoes() throws {
        let expected = try Fixtures.expected()
        #expect(expected.texts.count >= 30)
        for (tokenizer, texts) in [
            (try Fixtures.quoted(), expected.texts), (try Fixtures.plain(), expected.plainTexts),
        ] {
            for text in texts {
                let ids = try tokenizer.encode(text.text)
                #expect(ids == text.ids, "\(text.text.debugDescription)")
                let decoded = try tokenizer.decode(text.ids)
                #expect(Array(decoded.utf8) == Array(text.decoded.utf8), "\(text.text.debugDescription)")
            }
        }
    }

    @Test func knowsItsPieces() throws {
        let tokenizer = try Fixtures.quoted()
        #expect(try tokenizer.vocabularySize == Fixtures.expected().vocabularySize)
        for id in 0..<tokenizer.vocabularySize {
            let piece = try #require(tokenizer.piece(of: id))
            #expect(tokenizer.id(of: piece) == id)
        }
        for piece in ["", "<nothing>", "<A", "\u{0}", "<A>\u{0}"] { #expect(tokenizer.id(of: piece) == nil) }
        for id in [-1, tokenizer.vocabularySize, .max, .min] { #expect(tokenizer.piece(of: id) == nil) }
    }

    @Test func knowsTheSpecialIDs() throws {
        let quoted = try Fixtures.quoted()
        #expect([quoted.unknownID, quoted.beginID, quoted.endID, quoted.paddingID] == [0, 1, 2, 3])
        let plain = try Fixtures.plain()
        #expect([plain.unknownID, plain.beginID, plain.endID, plain.paddingID] == [0, nil, nil, nil])
    }

    @Test func fallbackIsTheUnknownPieceOrAByte() throws {
        for tokenizer in [try Fixtures.quoted(), try Fixtures.plain()] {
            let generic = ByNames(tokenizer: tokenizer)
            for id in -1...tokenizer.vocabularySize {
                let name = tokenizer.piece(of: id) ?? ""
                let expected = name == "<unk>" || (name.hasPrefix("<0x") && name.count == 6)
                #expect(tokenizer.isFallback(id) == expected, "\(name)")
                #expect(generic.isFallback(id) == expected, "\(name)")
            }
        }
    }

    @Test func refusesIDsOutsideOfTheVocabulary() throws {
        let tokenizer = try Fixtures.quoted()
        for id in [-1, 512, Int(Int32.max), Int(Int32.max) + 1, .min] {
            let error = #expect(throws: TextError.self) { try tokenizer.decode([307, id]) }
            #expect(error?.description.hasSuffix("id \(id) is outside of the vocabulary of 512 pieces") == true)
        }
        #expect(try tokenizer.decode([]) == "")
    }

    @Test func loadsFromBytes() throws {
        let bytes = Array(try Data(contentsOf: URL(filePath: Fixtures.path("quoted.model"))))
        let tokenizer = try SentencePieceTokenizer(bytes: bytes)
        #expect(try tokenizer.encode("a red cat") == Fixtures.quoted().encode("a red cat"))
        let damaged = TextError("the text model cannot be loaded: it is damaged, or no SentencePiece model")
        for broken in [Array(bytes.dropLast(100)), Array(bytes.prefix(30)), Array("hello".utf8)] {
            #expect(throws: damaged) { try SentencePieceTokenizer(bytes: broken) }
        }
        #expect(throws: TextError("the text model cannot be loaded: it is empty")) {
            try SentencePieceTokenizer(bytes: [])
        }
    }

    @Test func namesTheFileThatCannotBeLoaded() throws {
        let json = try Fixtures.path("expected.json")
        let folder = FileManager.default.temporaryDirectory.path
        for (path, reason) in [
            ("/missing/text.model", "No such file or directory"), (folder, "Is a directory"),
            (json, "it is damaged, or no SentencePiece model"), ("/dev/null", "it is empty"),
        ] {
            #expect(throws: TextError("\(path): the text model cannot be loaded: \(reason)")) {
                try SentencePieceTokenizer(path: path)
            }
        }
        #expect(throws: TextError.self) { try SentencePieceTokenizer(path: "a\u{0}b") }
    }

    @Test func refusesEndlessText() throws {
        let tokenizer = try Fixtures.quoted()
        let text = String(repeating: "a", count: 1 << 24 + 1)
        #expect(throws: TextError("the text cannot be encoded: the text is too long to be encoded")) {
            try tokenizer.encode(text)
        }
    }

    @Test func servesManyTasksAtOnce() async throws {
        let tokenizer = try Fixtures.quoted()
        let texts = try Fixtures.expected().texts
        try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    for _ in 0..<20 {
                        for text in texts {
                            if try tokenizer.encode(text.text) != text.ids { return false }
                            _ = try tokenizer.decode(text.ids)
                        }
                    }
                    return true
                }
            }
            for try await same in group { #expect(same) }
        }
    }
}

/// A tokenizer that has only what the protocol asks for, so that `isFallback` is the protocol's own.
private struct ByNames: TextTokenizer {
    let tokenizer: SentencePieceTokenizer
    var vocabularySize: Int { tokenizer.vocabularySize }
    func encode(_ text: String) throws -> [Int] { try tokenizer.encode(text) }
    func decode(_ ids: [Int]) throws -> String { try tokenizer.decode(ids) }
    func id(of piece: String) -> Int? { tokenizer.id(of: piece) }
}
