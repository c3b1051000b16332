// A quantised matrix: panels of codes and scales that lie in a mapped file or in memory.

import CKernels

/// A quantised matrix `[outputs, inputs]`, packed in panels of 16 outputs; immutable.
package struct QuantisedMatrix: Sendable {
    /// The name of the tensor it was made of.
    package let name: String
    /// How it is quantised.
    package let kind: Quantisation
    /// Rows.
    package let outputs: Int
    /// Columns.
    package let inputs: Int
    private let mapping: Mapping
    private let codesOffset: Int
    private let scalesOffset: Int

    /// `[panels][panelCodes]` bytes.
    var codes: UnsafeRawPointer { mapping.bytes.baseAddress! + codesOffset }
    /// `[panels][groups][16]` IEEE halves.
    var scales: UnsafeRawPointer { mapping.bytes.baseAddress! + scalesOffset }

    /// Bytes of codes and scales.
    package var byteCount: Int { kind.panelBytes(inputs: inputs) * panelCount(outputs) }

    /// The offsets must have been checked against the size of the mapping.
    init(
        name: String, kind: Quantisation, outputs: Int, inputs: Int, mapping: Mapping, codes: Int, scales: Int
    ) {
        (self.name, self.kind, self.outputs, self.inputs) = (name, kind, outputs, inputs)
        (self.mapping, codesOffset, scalesOffset) = (mapping, codes, scales)
    }

    /// Quantises the rows of a tensor: all dimensions but the last one are outputs.
    ///
    /// Panels are shared by the threads; the pages of a mapped tensor are released as they are read. The result is the
    /// same on every processor. Throws ``QuantisationError`` for weights that are not finite, or too large for a scale.
    package init(_ tensor: Tensor, as kind: Quantisation, kernels: Kernels = .best, pool: ThreadPool) throws {
        let inputs = tensor.shape.last ?? 1
        let outputs = inputs == 0 ? 0 : tensor.count / inputs
        let rows = tensor.reshaped([outputs, inputs])
        let panels = panelCount(outputs)
        let (codes, scales) = (kind.panelCodes(inputs: inputs), kind.panelScales(inputs: inputs))
        var worst = weft_quantised_well
        let mapping = Mapping(byteCount: panels * (codes + scales)) { target in
            guard let base = target.baseAddress else { return }
            let work = PanelQuantisation(
                rows: rows, kind: kind, kernels: kernels, codes: base, scales: base + panels * codes, panels: panels)
            defer { work.results.deallocate() }
            pool.run(panels, work)
            for panel in 0..<panels where work.results[panel].rawValue > worst.rawValue { worst = work.results[panel] }
        }
        switch worst {
        case weft_not_finite: throw QuantisationError.notFinite
        case weft_too_large: throw QuantisationError.tooLarge
        default: break
        }
        self.init(
            name: tensor.name, kind: kind, outputs: outputs, inputs: inputs, mapping: mapping, codes: 0,
            scales: panels * codes)
    }

    /// Some of the outputs, without a copy; nil if the first one is not the first of a panel.
    func rows(_ range: Range<Int>) -> QuantisedMatrix? {
        precondition(range.lowerBound >= 0 && range.upperBound <= outputs)
        guard range.lowerBound % panelSize == 0 else { return nil }
        let panel = range.lowerBound / panelSize
        return QuantisedMatrix(
            name: name, kind: kind, outputs: range.count, inputs: inputs, mapping: mapping,
            codes: codesOffset + panel * kind.panelCodes(inputs: inputs),
            scales: scalesOffset + panel * kind.panelScales(inputs: inputs))
    }

    /// The weights that the codes and scales stand for: a tensor `[outputs, inputs]` of float32, in memory of its own.
    package func dequantised() -> Tensor {
        let weights = [Float](unsafeUninitializedCapacity: panelCount(outputs) * panelSize * inputs) { target, count in
            for panel in 0..<panelCount(outputs) {
                weft_dequantise_panel(
                    kind.kind,
                    (codes + panel * kind.panelCodes(inputs: inputs)).assumingMemoryBound(to: UInt8.self),
                    (scales + panel * kind.panelScales(inputs: inputs)).assumingMemoryBound(to: UInt16.self), inputs,
                    target.baseAddress! + panel * panelSize * inputs)
            }
            count = outputs * inputs
        }
        return Tensor(name: name, shape: [outputs, inputs], floats: weights)
    }

    /// Calls `body` with the bytes of the codes, then of the scales, valid during the call only.
    package func withBytes<R>(
        _ body: (_ codes: UnsafeRawBufferPointer, _ scales: UnsafeRawBufferPointer) throws -> R
    ) rethrows -> R {
        let panels = panelCount(outputs)
        return try withExtendedLifetime(mapping) {
            try body(
                UnsafeRawBufferPointer(start: codes, count: panels * kind.panelCodes(inputs: inputs)),
                UnsafeRawBufferPointer(start: scales, count: panels * kind.panelScales(inputs: inputs)))
        }
    }
}

/// Why weights cannot be quantised.
package enum QuantisationError: Error, Sendable, Equatable {
    /// A weight is NaN or infinite.
    case notFinite
    /// A group's scale would be no finite half.
    case tooLarge

    /// What is wrong, in words that follow a colon.
    package func reason(_ kind: Quantisation) -> String {
        switch self {
        case .notFinite: "has a number that is not finite, which \(kind.rawValue) cannot hold"
        case .tooLarge: "has a number that is too large for \(kind.rawValue)"
        }
    }
}

/// Quantises one panel a piece.
private struct PanelQuantisation: PoolWork {
    let rows: Tensor
    let kind: Quantisation
    let kernels: Kernels
    let codes: UnsafeMutableRawPointer
    let scales: UnsafeMutableRawPointer
    /// What became of each panel.
    let results: UnsafeMutablePointer<weft_quantised_result>

    init(
        rows: Tensor, kind: Quantisation, kernels: Kernels, codes: UnsafeMutableRawPointer,
        scales: UnsafeMutableRawPointer, panels: Int
    ) {
        (self.rows, self.kind, self.kernels, self.codes, self.scales) = (rows, kind, kernels, codes, scales)
        results = .allocate(capacity: max(1, panels))
        results.initialize(repeating: weft_quantised_well, count: max(1, panels))
    }

    func run(piece: Int) {
        let (outputs, inputs) = (rows.shape[0], rows.shape[1])
        let part = rows.rows(piece * panelSize..<min(outputs, (piece + 1) * panelSize))
        results[piece] = weft_quantise_panel(
            kernels.table, kind.kind, part.floats(), part.shape[0], inputs,
            (codes + piece * kind.panelCodes(inputs: inputs)).assumingMemoryBound(to: UInt8.self),
            (scales + piece * kind.panelScales(inputs: inputs)).assumingMemoryBound(to: UInt16.self))
        part.releasePages()
    }
}
