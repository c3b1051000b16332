// The nearest of many codes.

/// The nearest of codes that are compared eight at a time, in order; of equally near ones the first.
struct NearestCode {
    private var distances = SIMD8<Float>(repeating: .infinity)
    private var places = SIMD8<Int32>(repeating: 0)

    /// Compares eight codes of which `first` is the first; one that is infinitely far away, or no number, is none.
    mutating func compare(_ distances: SIMD8<Float>, first: Int) {
        let nearer = distances .< self.distances
        self.distances.replace(with: distances, where: nearer)
        places.replace(with: Int32(first), where: nearer)
    }

    /// The nearest code and its distance; code 0 and infinity where there was none.
    var nearest: (token: Int, distance: Float) {
        var (token, least) = (0, Float.infinity)
        for lane in 0..<8 {
            let code = Int(places[lane]) + lane
            if distances[lane] < least || (distances[lane] == least && code < token) {
                (token, least) = (code, distances[lane])
            }
        }
        return (token, least)
    }
}
