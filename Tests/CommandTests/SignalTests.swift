// What a signal leaves: whole pictures, and the exit code of the signal.

import Foundation
import Testing
import Weft
import WeftPixels

@Suite struct SignalTests {
    @Test(arguments: [(SIGINT, 130), (SIGTERM, 143)] as [(Int32, Int32)])
    func aSignalStopsAtTheNextToken(signal: Int32, code: Int32) throws {
        let tiny = try TinyModel()
        let outcome = try tiny.weft(
            "generate", "red", "-m", "tiny", "-s", "3", "--count", "100000", "--batch-size", "1", "-o", "out",
            "--progress", "json", "--preview", "rows=1", "--tokens-out", "tokens.json"
        ) { process in
            try waitForPictures(in: tiny, process)
            kill(process.identifier, signal)
        }
        #expect(outcome.code == code)
        #expect(outcome.output == "")
        let pictures = tiny.written.filter { $0 != "out" }
        #expect(!pictures.isEmpty)
        for name in pictures {
            let (picture, chunks) = try PNG.read(path: "\(tiny.output)/\(name)")
            #expect(picture.sides == [16, 16])
            #expect(chunks.count == 2, "\(name) is a picture and not a preview")
        }
        let last = try #require(outcome.errors.split(separator: "\n").last)
        #expect(last == "{\"event\":\"stopped\",\"of\":100000,\"pictures\":\(pictures.count)}")
    }

    @Test func plainProgressSaysHowFarItCame() throws {
        let tiny = try TinyModel()
        let outcome = try tiny.weft(
            "generate", "red", "-m", "tiny", "-s", "3", "--count", "100000", "--batch-size", "1", "-o", "out"
        ) { process in
            try waitForPictures(in: tiny, process)
            kill(process.identifier, SIGINT)
        }
        #expect(outcome.code == 130)
        let count = tiny.written.count - 1
        #expect(outcome.errors.hasSuffix("stopped: \(count) of 100000 pictures are written\n"))
    }

    /// Waits until the first pictures are there.
    private func waitForPictures(in tiny: TinyModel, _ process: ChildProcess) throws {
        while tiny.written.filter({ $0.hasSuffix(".png") }).count < 3 {
            try #require(!process.hasEnded, "the program ended before it was stopped")
            Thread.sleep(forTimeInterval: 0.01)
        }
    }
}
