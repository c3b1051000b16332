// Progress on stderr: a bar, plain lines, JSON lines, or nothing.

import ArgumentParser
import Foundation

enum ProgressStyle: String, ExpressibleByArgument, CaseIterable {
    case auto, bar, plain, json, none

    /// The style with `auto` decided: a bar on a terminal, else plain lines.
    var decided: ProgressStyle {
        guard self == .auto else { return self }
        let environment = ProcessInfo.processInfo.environment
        return isatty(STDERR_FILENO) == 1 && environment["TERM"] != "dumb" ? .bar : .plain
    }
}

/// Writes how far a generation is: pictures done, tokens a second, time left.
struct ProgressReporter {
    private let style: ProgressStyle
    private let pictures: Int
    private let totalTokens: Int
    private let color: Bool
    private let start = ContinuousClock.now
    private var last: ContinuousClock.Instant?
    private var drawn = false
    private(set) var donePictures = 0
    private(set) var failedPictures = 0
    private(set) var doneTokens = 0
    private var passes: (taken: Int, saved: Int)?  // of the pictures that were drawn with drafts

    init(style: ProgressStyle, pictures: Int, totalTokens: Int) {
        self.style = style.decided
        self.pictures = pictures
        self.totalTokens = totalTokens
        color = isatty(STDERR_FILENO) == 1 && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
    }

    /// Tokens of all pictures so far.
    mutating func tokens(_ count: Int) {
        doneTokens = count
        let now = ContinuousClock.now
        let interval: Duration = style == .bar ? .milliseconds(80) : .seconds(2)
        guard count == totalTokens || now - (last ?? start) >= interval else { return }
        last = now
        show()
    }

    /// A picture that could not be drawn, and why.
    mutating func failed(id: String, error: String) {
        failedPictures += 1
        switch style {
        case .bar, .plain:
            clear()
            line("\(id)  failed: \(error)")
        case .json: json(["event": "failed", "id": id, "error": error])
        case .auto, .none: break
        }
    }

    /// One more picture, written to `path`; in a job it has an id.
    ///
    /// - Parameter passes: how many passes it took, and how many less than one a token that is; nil without drafts
    mutating func picture(path: String, seed: UInt64, id: String? = nil, passes: (taken: Int, saved: Int)? = nil) {
        donePictures += 1
        if let passes {
            let before = self.passes ?? (0, 0)
            self.passes = (before.taken + passes.taken, before.saved + passes.saved)
        }
        switch style {
        case .bar:
            clear()
            line("\(path)  seed \(seed)")
            if donePictures < pictures { show() }
        case .plain: line("\(path)  seed \(seed)")
        case .json:
            var event: [String: Any] = ["event": "picture", "file": path, "seed": seed]
            if let id { event["id"] = id }
            if let passes { (event["passes"], event["passes_saved"]) = (passes.taken, passes.saved) }
            json(event)
        case .auto, .none: break
        }
    }

    /// The end: all tokens and the time they took.
    mutating func finish() {
        let seconds = elapsed
        switch style {
        case .bar, .plain:
            clear()
            let rate = Double(doneTokens) / max(seconds, 1e-9)
            line(
                String(
                    format: "%d picture%@, %d tokens in %.2f s, %.0f tokens/s", donePictures,
                    donePictures == 1 ? "" : "s", doneTokens, seconds, rate)
                    + (passes.map { ", \($0.taken) passes, \($0.saved) saved" } ?? ""))
        case .json:
            var event: [String: Any] = [
                "event": "done", "pictures": donePictures, "tokens": doneTokens, "seconds": seconds,
            ]
            if let passes { (event["passes"], event["passes_saved"]) = (passes.taken, passes.saved) }
            json(event)
        case .auto, .none: break
        }
    }

    /// A signal came before all pictures were done.
    mutating func stopped() {
        switch style {
        case .bar, .plain:
            clear()
            line("stopped: \(donePictures) of \(pictures) pictures are written")
        case .json: json(["event": "stopped", "pictures": donePictures, "of": pictures])
        case .auto, .none: break
        }
    }

    /// Takes the bar off the screen before something else is written.
    mutating func clear() {
        if drawn { write("\r\u{1B}[K") }
        drawn = false
    }

    private var elapsed: Double {
        let duration = ContinuousClock.now - start
        return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
    }

    private mutating func show() {
        let seconds = elapsed
        let rate = Double(doneTokens) / max(seconds, 1e-9)
        let left = rate > 0 ? Double(totalTokens - doneTokens) / rate : 0
        switch style {
        case .bar:
            let width = 24
            let full = width * doneTokens / max(totalTokens, 1)
            let bar = String(repeating: "█", count: full) + String(repeating: "░", count: width - full)
            let shown = color ? "\u{1B}[36m\(bar)\u{1B}[0m" : bar
            write(
                String(
                    format: "\r%@ %d/%d pictures  %.0f tokens/s  %@ left\u{1B}[K", shown, donePictures, pictures,
                    rate, time(left)))
            drawn = true
        case .plain:
            line(
                String(
                    format: "%d/%d pictures, %d/%d tokens, %.0f tokens/s, %@ left", donePictures, pictures, doneTokens,
                    totalTokens, rate, time(left)))
        case .json:
            json([
                "event": "progress", "pictures": donePictures, "of": pictures, "tokens": doneTokens,
                "total_tokens": totalTokens, "tokens_per_second": rate, "seconds_left": left,
            ])
        case .auto, .none: break
        }
    }

    private func time(_ seconds: Double) -> String {
        seconds < 60
            ? String(format: "%.1f s", seconds) : String(format: "%d:%02d", Int(seconds) / 60, Int(seconds) % 60)
    }

    private func json(_ object: [String: Any]) {
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        else { return }
        line(String(decoding: data, as: UTF8.self))
    }

    private func line(_ text: String) { write(text + "\n") }
    private func write(_ text: String) { FileHandle.standardError.write(Data(text.utf8)) }
}
