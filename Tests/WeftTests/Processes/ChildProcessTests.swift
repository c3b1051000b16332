// Programs that are started, fed, and waited for.

import Foundation
import Testing
import Weft

@Suite struct ChildProcessTests {
    private func text(_ script: String, errors: Bool = false) throws -> String {
        String(decoding: try ChildProcess.output(of: ["sh", "-c", script], errors: errors).data, as: UTF8.self)
    }

    @Test func whatItPrintsAndHowItEnds() throws {
        #expect(try text("echo a; echo b >&2; echo c", errors: true) == "a\nb\nc\n")
        #expect(try text("cat") == "", "there is nothing on standard input")
        #expect(try ChildProcess.output(of: ["sh", "-c", "exit 7"]).code == 7)
        #expect(try ChildProcess.output(of: ["sh", "-c", "kill -TERM $$"]).code == 128 + SIGTERM)
    }

    @Test func folderAndVariables() throws {
        let file = try ChildProcess.temporaryFile()
        let process = try ChildProcess(
            ["sh", "-c", "pwd; echo \"$MOOD $HOME\""], in: "/usr", environment: ["MOOD": "a b"], output: file)
        #expect(process.wait() == 0)
        let home = ProcessInfo.processInfo.environment["HOME"] ?? ""
        #expect(String(decoding: try ChildProcess.contents(file), as: UTF8.self) == "/usr\na b \(home)\n")
    }

    @Test func itsEndIsSeenBeforeItIsWaitedFor() throws {
        let process = try ChildProcess(["sleep", "600"])
        #expect(!process.hasEnded)
        kill(process.identifier, SIGKILL)
        while !process.hasEnded { usleep(500) }
        #expect(process.hasEnded && process.wait() == 128 + SIGKILL)
    }

    @Test func programsThatAreNotThereAreNamed() {
        let text = errorText { _ = try ChildProcess(["/no/such/program", "x"]) }
        #expect(text == "/no/such/program x: cannot be run: No such file or directory")
    }

    /// Many at once, from many threads, which Foundation's `Process` does not always come back from.
    @Test func manyAtOnce() async throws {
        let codes = try await withThrowingTaskGroup(of: Int32.self) { group in
            for code in 0..<100 { group.addTask { try ChildProcess(["sh", "-c", "exit \(code)"]).wait() } }
            return try await group.reduce(into: Set<Int32>()) { $0.insert($1) }
        }
        #expect(codes == Set(0..<100))
    }
}
