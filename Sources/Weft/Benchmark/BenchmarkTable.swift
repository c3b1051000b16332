// The table of a benchmark, line by line.

import Foundation

/// Texts of a benchmark's table as Markdown, CSV and JSON lines; every text ends its line.
package enum BenchmarkTable {
    /// The columns of CSV and the keys of JSON lines. Memory is in bytes, time in seconds, bandwidth in bytes a second.
    package static let keys = [
        "shape", "weights", "cache", "phase", "rows", "pictures", "context", "tokens", "steps", "size",
        "guidance_scale", "threads", "repetitions", "tokens_per_second", "steps_per_second", "seconds", "seconds_sd",
        "seconds_median",
        "weight_bytes", "cache_bytes", "bytes_per_step", "read_bandwidth", "bandwidth_share", "planned_memory",
        "peak_rss",
    ]

    /// The header of CSV (RFC 4180).
    package static var csvHeader: String { keys.joined(separator: ",") + "\r\n" }

    /// A line of CSV; what is not there is empty.
    package static func csv(_ result: BenchmarkResult) -> String {
        values(result).map { value in
            switch value {
            case .text(let text): TableText.csv(text)
            case .number(let number): number
            case .none: ""
            }
        }.joined(separator: ",") + "\r\n"
    }

    /// A JSON object in a line; what is not there is `null`.
    package static func json(_ result: BenchmarkResult) -> String {
        let members = zip(keys, values(result)).map { key, value in
            switch value {
            case .text(let text): "\"\(key)\":\(TableText.json(text))"
            case .number(let number): "\"\(key)\":\(number)"
            case .none: "\"\(key)\":null"
            }
        }
        return "{\(members.joined(separator: ","))}\n"
    }

    /// The head of a table of GitHub's Markdown.
    package static let markdownHeader = """
        | shape | weights | cache | phase | rows | context | tokens/s | steps/s | seconds | median | GB a step | of bandwidth | peak MiB |
        | --- | --- | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |

        """

    /// A row of Markdown; seconds are those of one prefill, one step, or one picture, with their standard deviation.
    package static func markdown(_ result: BenchmarkResult) -> String {
        let seconds = result.seconds
        let deviation = seconds.deviation.map {
            " ± \(NumberText.text($0, decimals: NumberText.decimals(of: seconds.mean)))"
        }
        let cells = [
            TableText.markdown(result.shape), result.weights, result.cache, result.phase.rawValue, "\(result.rows)",
            "\(result.context)", NumberText.text(result.tokensPerSecond), NumberText.text(result.stepsPerSecond),
            NumberText.text(seconds.mean) + (deviation ?? ""), NumberText.text(seconds.median),
            result.bytesPerStep.map { NumberText.text(Double($0) / 1e9) } ?? "",
            result.bandwidthShare.map { "\(NumberText.text(100 * $0, decimals: 0))%" } ?? "",
            result.peakMemory.map { "\($0 >> 20)" } ?? "",
        ]
        return "| \(cells.joined(separator: " | ")) |\n"
    }

    private enum Value {
        case text(String)
        case number(String)
        case none
    }

    private static func values(_ result: BenchmarkResult) -> [Value] {
        func text(_ value: String?) -> Value { value.map { .text($0) } ?? .none }
        func number(_ value: (some CustomStringConvertible)?) -> Value { value.map { .number("\($0)") } ?? .none }
        let seconds = result.seconds
        return [
            text(result.shape), text(result.weights), text(result.cache), text(result.phase.rawValue),
            number(result.rows),
            number(result.pictures), number(result.context), number(result.tokens), number(result.steps),
            text(result.size), number(result.guidanceScale), number(result.threads), number(seconds.count),
            number(result.tokensPerSecond), number(result.stepsPerSecond), number(seconds.mean),
            number(seconds.deviation), number(seconds.median), number(result.weightBytes), number(result.cacheBytes),
            number(result.bytesPerStep), number(result.readBandwidth), number(result.bandwidthShare),
            number(result.plannedMemory), number(result.peakMemory),
        ]
    }
}
