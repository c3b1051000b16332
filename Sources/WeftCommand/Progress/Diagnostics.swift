// What the commands write to stderr beside progress.

import Foundation

enum Diagnostics {
    static func warn(_ text: String) {
        FileHandle.standardError.write(Data("weft: warning: \(text)\n".utf8))
    }
}
