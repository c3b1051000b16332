// How much memory this process may still take.

import Foundation

/// The memory of the machine, or of the part of it that the process is confined to.
enum AvailableMemory {
    /// Bytes that can be taken without pushing other programs out, as far as the system tells; half of the machine's memory
    /// where it does not.
    static var bytes: Int {
        let machine = meminfo ?? Int(clamping: ProcessInfo.processInfo.physicalMemory / 2)
        return min(machine, groupLimit ?? .max)
    }

    /// `MemAvailable` of Linux.
    private static var meminfo: Int? {
        guard let text = try? String(contentsOfFile: "/proc/meminfo", encoding: .utf8) else { return nil }
        for line in text.split(separator: "\n") where line.hasPrefix("MemAvailable:") {
            return line.split(separator: " ").dropFirst().first.flatMap { Int($0) }.map { $0 << 10 }
        }
        return nil
    }

    /// What is left below the limit of the control group (version 2), as containers set it.
    private static var groupLimit: Int? {
        func number(_ file: String) -> Int? {
            let text = try? String(contentsOfFile: "/sys/fs/cgroup/\(file)", encoding: .utf8)
            return text.flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
        }
        guard let limit = number("memory.max") else { return nil }
        return max(0, limit - (number("memory.current") ?? 0))
    }
}
