// The error of everything that reads, writes or changes pictures.

/// Why a picture could not be read, written or made; its description is one line that names the file, if there is one.
public struct PictureError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The file as the caller named it; nil if no file was involved.
    public let file: String?
    /// What went wrong, on one line, without the file.
    public let reason: String

    /// An error with its reason and the file that it is about.
    public init(_ reason: String, file: String? = nil) {
        self.reason = reason
        self.file = file
    }

    /// The file and the reason on one line.
    public var description: String {
        if let file { "\(file): \(reason)" } else { reason }
    }

    /// Calls `body` and names `file` in the picture errors that it throws.
    static func naming<Result>(_ file: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as PictureError {
            throw PictureError(error.reason, file: file)
        }
    }
}
