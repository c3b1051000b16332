// Quantised weights in arrays, the kernels' product with them, and the product as its definition says.

import CKernels

@testable import WeftTensor

struct QuantisedPanels {
    /// Why weights could not be quantised.
    struct Failure: Error, Equatable { let result: weft_quantised_result }

    let kind: weft_quantisation
    let inputs: Int
    let outputs: Int
    var codes: [UInt8] = []
    var scales: [UInt16] = []

    private var panels: Int { (outputs + 15) / 16 }
    private var panelCodes: Int { weft_panel_codes(kind, inputs) }
    private var panelScales: Int { weft_panel_scales(kind, inputs) }

    /// - Parameter weights: `[outputs, inputs]`
    init(_ kind: weft_quantisation, _ weights: [Float], inputs: Int, outputs: Int, _ kernels: Kernels) throws {
        (self.kind, self.inputs, self.outputs) = (kind, inputs, outputs)
        var codes = [UInt8](repeating: 0xee, count: panels * panelCodes)
        var scales = [UInt16](repeating: 0xeeee, count: panels * panelScales)
        for panel in 0..<panels {
            let part = Array(weights[panel * 16 * inputs..<min(outputs, panel * 16 + 16) * inputs])
            let (panelCodes, panelScales) = (panelCodes, panelScales)
            let result = codes.withUnsafeMutableBufferPointer { codes in
                scales.withUnsafeMutableBufferPointer { scales in
                    weft_quantise_panel(
                        kernels.table, kind, part, part.count / inputs, inputs,
                        codes.baseAddress! + panel * panelCodes, scales.baseAddress! + panel * panelScales)
                }
            }
            guard result == weft_quantised_well else { throw Failure(result: result) }
        }
        (self.codes, self.scales) = (codes, scales)
    }

    /// The code of an input of an output, without what is added to it.
    private func code(_ output: Int, _ input: Int) -> Int32 {
        let (panel, lane) = (output / 16 * panelCodes, output % 16)
        if kind == weft_q8 { return Int32(codes[panel + (input / 4 * 16 + lane) * 4 + input % 4]) - 128 }
        let pair = codes[panel + (input / 8 * 16 + lane) * 4 + input % 4]
        return Int32(input % 8 < 4 ? pair & 15 : pair >> 4) - 8
    }

    private func scale(_ output: Int, _ group: Int) -> Float {
        floatFromHalf(scales[output / 16 * panelScales + group * 16 + output % 16])
    }

    private var groupSize: Int { kind == weft_q8 ? 128 : 32 }

    /// What the codes and scales stand for, `[outputs, inputs]`.
    func weights() -> [Float] {
        (0..<outputs).flatMap { output in
            (0..<inputs).map { Float(code(output, $0)) * scale(output, $0 / groupSize) }
        }
    }

    /// The bits of `x Wᵀ + bias` as the definition says, `[rows, outputs]`.
    func product(_ x: [Float], rows: Int, bias: [Float]?) -> [UInt32] {
        (0..<rows).flatMap { row -> [UInt32] in
            let values = Array(x[row * inputs..<(row + 1) * inputs])
            let groups = stride(from: 0, to: inputs, by: 128).map { first -> (scale: Float, codes: [Int32]) in
                let group = values[first..<min(inputs, first + 128)]
                let greatest = group.map(\.magnitude).max() ?? 0
                guard greatest >= 0x1p-100 else { return (0, [Int32](repeating: 0, count: group.count)) }
                let inverse = 127 / greatest
                return (greatest / 127, group.map { Int32(($0 * inverse).rounded(.toNearestOrEven)) })
            }
            return (0..<outputs).map { output in
                var y = bias?[output] ?? 0
                for (index, group) in groups.enumerated() {
                    var part: Float = 0
                    for start in stride(from: 0, to: group.codes.count, by: groupSize) {
                        var dot: Int32 = 0
                        for k in start..<min(start + groupSize, group.codes.count) {
                            dot += code(output, index * 128 + k) * group.codes[k]
                        }
                        let weight = scale(output, (index * 128 + start) / groupSize)
                        part = start == 0 ? Float(dot) * weight : part.addingProduct(Float(dot), weight)
                    }
                    y = y.addingProduct(part, group.scale)
                }
                return y.bitPattern
            }
        }
    }

    /// The bits of the kernels' `x Wᵀ + bias`, `[rows, outputs]`, in blocks between the cuts of rows and of panels.
    func apply(
        _ x: [Float], rows: Int, bias: [Float]?, _ kernels: Kernels, cuts: (rows: [Int], panels: [Int])? = nil
    ) -> [UInt32] {
        var y = [Float](repeating: .nan, count: rows * outputs)
        let scratch = UnsafeMutableRawPointer.allocate(
            byteCount: rows * weft_quantised_row_size(inputs), alignment: 64)
        defer { scratch.deallocate() }
        let cuts = cuts ?? ([0, rows], [0, panels])
        for (first, end) in zip(cuts.rows, cuts.rows.dropFirst()) {
            weft_quantise_rows(kernels.table, x, inputs, rows, first, end, scratch)
        }
        // Aligned as the kernels want them.
        let copy = UnsafeMutableRawPointer.allocate(byteCount: codes.count, alignment: 64)
        defer { copy.deallocate() }
        codes.withUnsafeBytes { copy.copyMemory(from: $0.baseAddress!, byteCount: $0.count) }
        scales.withUnsafeBufferPointer { scales in
            var matrix = weft_quantised_matrix(
                kind: kind, outputs: outputs, inputs: inputs, codes: copy.assumingMemoryBound(to: UInt8.self),
                scales: scales.baseAddress)
            for (firstRow, endRow) in zip(cuts.rows, cuts.rows.dropFirst()) {
                for (first, end) in zip(cuts.panels, cuts.panels.dropFirst()) {
                    if let bias {
                        weft_quantised_linear(
                            kernels.table, &matrix, bias, scratch, rows, firstRow, endRow, &y, outputs, first, end)
                    } else {
                        weft_quantised_linear(
                            kernels.table, &matrix, nil, scratch, rows, firstRow, endRow, &y, outputs, first, end)
                    }
                }
            }
        }
        return y.map(\.bitPattern)
    }
}
