// The most memory that the process has had since a moment.

import Foundation

/// The peak of the resident memory, where the system lets it be set back (Linux).
enum PeakMemory {
    /// Sets the peak back to what is resident now; returns whether the system does that.
    static func reset() -> Bool {
        guard let file = fopen("/proc/self/clear_refs", "w") else { return false }
        defer { fclose(file) }
        return fputs("5", file) >= 0 && fflush(file) == 0
    }

    /// The peak in bytes; nil where the system does not tell.
    static var bytes: Int? {
        guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("VmHWM:") {
            return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
        }
        return nil
    }
}
