// Whether a file can be written, known before the work is done.

import Foundation
import Weft

enum OutputPath {
    /// A folder's path without slashes at its end.
    static func folder(_ path: String) -> String {
        var path = path
        while path.count > 1, path.hasSuffix("/") { path.removeLast() }
        return path
    }

    /// Checks that `path` can be written: its folder exists, or can be made in one that does. Nothing is changed.
    ///
    /// - Parameter flag: what errors call the path
    static func check(_ path: String, flag: String) throws {
        func fail(_ reason: String) -> WeftError { WeftError(.invalidFile, "\(flag) \(path): \(reason)") }
        if kind(of: path) == .folder { throw fail("is a folder") }
        var folder = parent(of: path)
        if kind(of: folder) == .none {
            let above = parent(of: folder)
            guard kind(of: above) == .folder else {
                throw fail("the folder \(folder) does not exist and cannot be made")
            }
            folder = above
        }
        guard kind(of: folder) == .folder else { throw fail("\(folder) is not a folder") }
        guard FileManager.default.isWritableFile(atPath: folder) else {
            throw fail("the folder \(folder) cannot be written to")
        }
    }

    /// Makes the folder of a file that is about to be written, if it does not exist.
    static func makeFolder(of path: String) throws {
        let folder = parent(of: path)
        guard kind(of: folder) == .none else { return }
        do {
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        } catch {
            throw WeftError(.invalidFile, "\(path): the folder \(folder) does not exist and cannot be made")
        }
    }

    private enum Kind { case none, file, folder }

    private static func kind(of path: String) -> Kind {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { return .none }
        return isFolder.boolValue ? .folder : .file
    }

    private static func parent(of path: String) -> String {
        // By hand: NSString's deletingLastPathComponent crashes for names of one character on Linux.
        guard let slash = path.lastIndex(of: "/") else { return "." }
        let folder = path[..<slash]
        return folder.isEmpty ? "/" : String(folder)
    }
}
