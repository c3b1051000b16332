// Turns the grids of finished pictures into pixels, several side by side.

import WeftModel
import WeftPixels
import WeftTensor

/// The image tokenizer with the memory that it works in, for the pictures of one call.
final class GridPainter {
    private let model: Model
    private let imageTokenizer: ImageTokenizer
    private let pool: ThreadPool
    private var shared: ImageTokenizer.Workspace?  // for a picture that all threads paint
    private var own: [ImageTokenizer.Workspace] = []  // for pictures that one thread paints each
    private let alone = ThreadPool(threadCount: 1)

    /// Grids of more tokens are painted by all threads together: side by side they would take too much memory.
    private static let largestAlone = 1024

    /// Throws ``WeftError`` for a model without an image tokenizer.
    init(_ model: Model, pool: ThreadPool) throws {
        self.model = model
        self.pool = pool
        imageTokenizer = try model.imageTokenizer
    }

    /// The pictures of grids; the rest of those whose budget did not reach is filled where a draft is asked for.
    ///
    /// Throws an error that names the token that the codebook lacks.
    func paint(_ asked: [(request: GenerationRequest, grid: TokenGrid)]) throws -> [(grid: TokenGrid, picture: Picture)]
    {
        let drafts = try asked.map { request, grid in
            grid.fill == .draft ? try draft(of: request) : nil
        }
        let grids = try zip(asked, drafts).map { asked, draft in
            try draft.map { try filled(asked.grid, of: asked.request.size, from: $0) } ?? asked.grid
        }
        let pictures = try paint(grids)
        return try zip(zip(grids, pictures), drafts).map { painted, draft in
            let (grid, picture) = painted
            guard let draft, grid.tokens.count < grid.rows * grid.columns else { return (grid, picture) }
            return (grid, try below(grid, picture, draft))
        }
    }

    private func paint(_ grids: [TokenGrid]) throws -> [Picture] {
        guard grids.count > 1, pool.threadCount > 1,
            grids.allSatisfy({ $0.rows * $0.columns <= Self.largestAlone })
        else {
            return try grids.map { grid in
                let workspace = try workspace(shared, for: [grid])
                shared = workspace
                return try model.decode(grid, workspace: workspace, pool: pool)
            }
        }
        let workers = min(pool.threadCount, grids.count)
        own = try (0..<workers).map { try workspace($0 < own.count ? own[$0] : nil, for: grids) }
        let results = Results(count: grids.count)
        pool.run(workers) { worker in
            for index in stride(from: worker, to: grids.count, by: workers) {
                results.set(
                    index, Result { try model.decode(grids[index], workspace: own[worker], pool: alone) })
            }
        }
        return try results.get()
    }

    /// The workspace, or a larger one if it is too small for one of the grids.
    private func workspace(
        _ present: ImageTokenizer.Workspace?, for grids: [TokenGrid]
    ) throws -> ImageTokenizer.Workspace {
        let configuration = imageTokenizer.configuration
        let rows = grids.map(\.rows).max() ?? 1
        let columns = grids.map(\.columns).max() ?? 1
        let scales = grids.map { $0.scale ?? 1 }
        if let present, present.holds(configuration, rows: rows, columns: columns, scales: scales) { return present }
        return try ImageTokenizer.Workspace(configuration, rows: rows, columns: columns, scales: scales)
    }

    // MARK: - Drafts

    /// The request drawn with the smallest budget, enlarged to the picture's size.
    private func draft(of request: GenerationRequest) throws -> Picture {
        var small = request
        small.size = try model.description.draftSize(for: request.size)
        small.tokenLimit = nil
        var picture: Picture?
        try model.draw([small], DrawingOptions(threads: pool.threadCount, batchSize: 1)) { event in
            if case .picture(let drawn) = event { picture = drawn.picture }
            return true
        }
        guard let picture else {
            throw WeftError(.invalidRequest, "the draft of \(request.prompt.shown) was not drawn")
        }
        let side = imageTokenizer.downsampling * model.description.scale(of: request.size)
        return try picture.resized(width: request.size.columns * side, height: request.size.rows * side)
    }

    /// The grid with the draft's tokens in its rest, if the model can encode pictures.
    private func filled(_ grid: TokenGrid, of size: PictureSize, from draft: Picture) throws -> TokenGrid {
        guard model.canEncode else { return grid }
        var whole = grid
        whole.tokens += try model.encode(draft, size: size, threads: pool.threadCount).tokens[grid.tokens.count...]
        return whole
    }

    /// The picture with the draft's pixels in place of the tokens that the grid lacks.
    private func below(_ grid: TokenGrid, _ picture: Picture, _ draft: Picture) throws -> Picture {
        let side = imageTokenizer.downsampling * (grid.scale ?? 1)
        var pixels = picture.pixels
        for place in grid.tokens.count..<grid.rows * grid.columns {
            let (left, top) = (place % grid.columns * side, place / grid.columns * side)
            for y in top..<top + side {
                let start = (y * picture.width + left) * 3
                pixels.replaceSubrange(start..<start + side * 3, with: draft.pixels[start..<start + side * 3])
            }
        }
        return try Picture(width: picture.width, height: picture.height, pixels: pixels)
    }
}

/// Results that threads leave, each at its own place.
private final class Results: @unchecked Sendable {
    // Every place is written by one thread, and read after all of them are done.
    private let places: UnsafeMutableBufferPointer<Result<Picture, any Error>?>

    init(count: Int) {
        places = .allocate(capacity: count)
        places.initialize(repeating: nil)
    }

    deinit {
        places.deinitialize()
        places.deallocate()
    }

    func set(_ index: Int, _ result: Result<Picture, any Error>) { places[index] = result }

    func get() throws -> [Picture] { try places.compactMap { try $0?.get() } }
}
