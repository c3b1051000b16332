// The marks of points, a shape a line, so that colors are not all that tells lines apart.

/// The outlines of marks around 0,0, as SVG paths.
enum PlotMark {
    private static let shapes = [
        "M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0-9 0z",  // disk
        "M-4-4h8v8h-8z",  // square
        "M0-5.2L5 4H-5z",  // triangle
        "M0-5.6L5.6 0L0 5.6L-5.6 0z",  // diamond
        "M0 5.2L5-4H-5z",  // triangle, upside down
        "M-1.8-5h3.6v3.2H5v3.6H1.8V5h-3.6V1.8H-5v-3.6h3.2z",  // cross
        "M-5 0L-2.5-4.4h5L5 0L2.5 4.4h-5z",  // hexagon
        "M0-5.6L5.3-1.7L3.3 4.5h-6.6L-5.3-1.7z",  // pentagon
    ]

    /// The mark of infinity, at the upper end of a plot: an arrow upwards.
    static let infinite = "M0-7L5.5 1H2V8H-2V1H-5.5z"

    /// The mark of a line.
    static func path(_ series: Int) -> String { shapes[series % shapes.count] }
}
