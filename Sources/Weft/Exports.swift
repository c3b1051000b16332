// What comes with `import Weft`: pictures, and how tokens are chosen.

@_exported public import WeftPixels
@_exported public import WeftSampling
