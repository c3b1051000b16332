// swift-tools-version: 6.2
import PackageDescription

// A processor and a sampler of one's own on top of WeftSampling. Test it with: swift test --package-path Examples/CustomProcessor
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

let package = Package(
    name: "custom-processor",
    products: [.library(name: "CustomProcessor", targets: ["CustomProcessor"])],
    dependencies: [.package(name: "weft", path: "../..")],
    targets: [
        .target(
            name: "CustomProcessor", dependencies: [.product(name: "WeftSampling", package: "weft")],
            swiftSettings: settings),
        .testTarget(
            name: "CustomProcessorTests",
            dependencies: ["CustomProcessor", .product(name: "WeftSampling", package: "weft")],
            swiftSettings: settings),
    ],
    swiftLanguageModes: [.v6]
)
