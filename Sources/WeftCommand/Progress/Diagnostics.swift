// What the commands write to stderr beside progress.

import Foundation

enum Diagnostics {
    static func warn(_ text: String) { note("weft: warning: \(text)") }

    /// A line for people who watch.
    static func note(_ text: String) { FileHandle.standardError.write(Data("\(text)\n".utf8)) }
}
