// Models out of the cache that other tools fill.

import Foundation
import Testing
import WeftModel

@Suite final class HubCacheTests {
    private let root = FileManager.default.temporaryDirectory.appending(path: "weft-hub-\(UUID())").path

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// Writes a snapshot of `org/name` with these files, and what its branch main points to.
    private func fill(_ files: [String: String], commit: String = "abc123", branch: String? = "main") throws {
        let home = "\(root)/models--org--name"
        let snapshot = "\(home)/snapshots/\(commit)"
        try FileManager.default.createDirectory(atPath: snapshot, withIntermediateDirectories: true)
        for (name, text) in files { try text.write(toFile: "\(snapshot)/\(name)", atomically: true, encoding: .utf8) }
        guard let branch else { return }
        try FileManager.default.createDirectory(atPath: "\(home)/refs", withIntermediateDirectories: true)
        try commit.write(toFile: "\(home)/refs/\(branch)", atomically: true, encoding: .utf8)
    }

    private var cache: HubCache { HubCache(environment: ["HF_HUB_CACHE": root]) }

    @Test func theEnvironmentSaysWhereItIs() {
        #expect(HubCache(environment: ["HF_HUB_CACHE": "/a", "HF_HOME": "/b", "HOME": "/h"]).folder == "/a")
        #expect(HubCache(environment: ["HF_HOME": "/b", "HOME": "/h"]).folder == "/b/hub")
        #expect(HubCache(environment: ["HF_HOME": "~/b", "HF_HUB_CACHE": "", "HOME": "/h"]).folder == "/h/b/hub")
        #expect(HubCache(environment: ["HOME": "/h"]).folder == "/h/.cache/huggingface/hub")
        #expect(HubCache(environment: ["HOME": "/h", "XDG_CACHE_HOME": "/x"]).folder == "/x/huggingface/hub")
    }

    @Test func namesHaveTwoPartsAndPerhapsARevision() {
        for name in ["org/name", "a-b/c.d_e", "org/name@main", "org/name@refs/pr/1"] { #expect(HubCache.isName(name)) }
        for name in ["name", "/name", "org/", "a/b/c", "../name", "org/..", "org/name@", "org/name@../x", "o g/name"] {
            #expect(!HubCache.isName(name), "\(name)")
        }
    }

    @Test func branchesTagsAndCommitsLeadToSnapshots() throws {
        try fill(["config.json": "{}"])
        try fill(["config.json": "{}"], commit: "def456", branch: "v2")
        #expect(try cache.path(of: "org/name") == "\(root)/models--org--name/snapshots/abc123")
        #expect(try cache.path(of: "org/name@v2") == "\(root)/models--org--name/snapshots/def456")
        #expect(try cache.path(of: "org/name@def456") == "\(root)/models--org--name/snapshots/def456")
        let unknown = #expect(throws: CheckpointError.self) { try self.cache.path(of: "org/name@v3") }
        #expect(
            unknown?.description == "org/name@v3: the cache has no snapshot v3 of it; there are: abc123, def456")
    }

    @Test func whatIsNotThereIsNamed() throws {
        let absent = #expect(throws: CheckpointError.self) { try self.cache.path(of: "org/name") }
        #expect(absent?.description == "org/name: is not in the cache \(root), and nothing is downloaded")
        let map = #"{"weight_map": {"a": "model-1.safetensors", "b": "model-2.safetensors"}}"#
        try fill(["config.json": "{}", "model.safetensors.index.json": map, "model-1.safetensors": ""])
        let missing = #expect(throws: CheckpointError.self) { try self.cache.path(of: "org/name") }
        let place = "\(root)/models--org--name/snapshots/abc123"
        #expect(
            missing?.description == "org/name: the snapshot \(place) is not complete: model-2.safetensors is missing")
        try fill(["model-2.safetensors": ""])
        #expect(try cache.path(of: "org/name") == place)
    }

    @Test func aModelInTheCacheHasItsNameNotItsCommit() throws {
        try fill(["config.json": #"{"model_type": "llama"}"#])
        #expect(try ModelFolder(path: cache.path(of: "org/name")).name == "org/name")
    }
}
