// Folders of pictures.

import Foundation
import Weft
import WeftPixels

enum PictureFolder {
    /// The PNG files of a folder, by name.
    ///
    /// - Parameter flag: what errors call the folder
    static func read(_ folder: String, flag: String) throws -> [Picture] {
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
        let pictures = try names.filter { $0.lowercased().hasSuffix(".png") }.map {
            try PNG.read(path: "\(folder)/\($0)").0
        }
        guard !pictures.isEmpty else { throw WeftError(.invalidFile, "\(flag) \(folder): has no PNG files") }
        return pictures
    }
}
