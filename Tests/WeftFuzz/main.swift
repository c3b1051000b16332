// Feeds readers with damaged files: fuzz SEEDS [--target NAME] [--runs N] [--seed N] [--seconds-per-input S].
//
// The seeds are all files below the folder SEEDS whose names end as a target's do. Before each input is read it is
// written to the folder's file, so that the input that crashed the program is still there afterwards.

import Foundation

#if canImport(Glibc)
    import Glibc
#endif

struct Options {
    var seeds = ""
    var targets = Target.allCases
    var runs = 1000
    var seed: UInt64 = 1
    var limit = 1.0

    init(_ arguments: [String]) {
        var rest = arguments[...]
        while let argument = rest.popFirst() {
            switch argument {
            case "--target": targets = [rest.popFirst().flatMap { Target(rawValue: $0) }].compactMap { $0 }
            case "--runs": runs = rest.popFirst().flatMap { Int($0) } ?? runs
            case "--seed": seed = rest.popFirst().flatMap { UInt64($0) } ?? seed
            case "--seconds-per-input": limit = rest.popFirst().flatMap { Double($0) } ?? limit
            default: seeds = argument
            }
        }
    }
}

/// The largest amount of memory that the program has had so far, in bytes.
func peakMemory() -> Int {
    var usage = rusage()
    getrusage(RUSAGE_SELF.rawValue, &usage)
    return usage.ru_maxrss * 1024
}

/// All seeds of a target below a folder, those above 64 KiB left out.
func seeds(_ target: Target, below folder: String) -> [[UInt8]] {
    let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String }.sorted() ?? []
    return names.filter { name in target.endings.contains { name.hasSuffix($0) } }
        .compactMap { FileManager.default.contents(atPath: "\(folder)/\($0)") }
        .filter { $0.count <= 1 << 16 }.map { [UInt8]($0) }
}

let options = Options(Array(CommandLine.arguments.dropFirst()))
var failed = false
for target in options.targets {
    let inputs = try seeds(target, below: options.seeds) + target.madeSeeds()
    guard !inputs.isEmpty else {
        print("\(target.rawValue): no seeds below \(options.seeds)")
        failed = true
        continue
    }
    let folder = NSTemporaryDirectory() + "weft-fuzz-\(getpid())-\(target.rawValue)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    let path = "\(folder)/\(target.file)"
    var mutation = Mutation(seed: options.seed)
    var slowest = 0.0
    let before = peakMemory()
    for run in 0..<options.runs {
        let input = mutation.input(from: inputs)
        guard let file = fopen(path, "wb") else { fatalError("\(path) cannot be written") }
        fwrite(input, 1, input.count, file)
        fclose(file)
        let start = ContinuousClock.now
        target.read(path, folder: folder)
        let seconds = (ContinuousClock.now - start) / .seconds(1)
        slowest = max(slowest, seconds)
        if seconds > options.limit {
            print("\(target.rawValue): input \(run) of seed \(options.seed) took \(seconds) s; it is in \(path)")
            failed = true
            break
        }
    }
    let memory = Double(peakMemory() - before) / 1_048_576
    let text = String(format: "%d inputs from %d seeds, slowest %.3f s", options.runs, inputs.count, slowest)
    print("\(target.rawValue): \(text), memory grew by \(Int(memory)) MiB")
    if !failed { try? FileManager.default.removeItem(atPath: folder) }
}
exit(failed ? 1 : 0)
