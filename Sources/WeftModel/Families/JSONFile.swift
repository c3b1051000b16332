// Reads a JSON file into a type, with errors that name the file and the key.

package import Foundation

/// JSON files of a model's folder.
package enum JSONFile {
    /// Decodes a file.
    ///
    /// Throws ``CheckpointError`` that names the file, and the key where the JSON does not fit the type.
    package static func read<Value: Decodable>(_ type: Value.Type, from path: String) throws -> Value {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch {
            let there = FileManager.default.fileExists(atPath: path)
            throw CheckpointError(path, there ? "cannot be read" : "no such file")
        }
        return try decode(type, from: data, path: path)
    }

    /// Decodes bytes that came from `path`; throws as ``read(_:from:)``.
    package static func decode<Value: Decodable>(_ type: Value.Type, from data: Data, path: String) throws -> Value {
        do {
            return try JSONDecoder().decode(type, from: data)
        } catch let error as DecodingError {
            throw CheckpointError(path, problem(error))
        } catch {
            throw CheckpointError(path, "\(error)")
        }
    }

    private static func problem(_ error: DecodingError) -> String {
        func place(_ path: [any CodingKey]) -> String {
            let key = path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
            return key.isEmpty ? "the document" : "\"\(key)\""
        }
        switch error {
        case .keyNotFound(let key, let context): return "\(place(context.codingPath + [key])) is missing"
        case .valueNotFound(_, let context): return "\(place(context.codingPath)) is null"
        case .typeMismatch(let type, let context): return "\(place(context.codingPath)) is not of the type \(type)"
        case .dataCorrupted(let context):
            return context.codingPath.isEmpty
                ? "is not valid JSON" : "\(place(context.codingPath)): \(context.debugDescription)"
        @unknown default: return "cannot be read as JSON"
        }
    }
}
