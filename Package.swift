// swift-tools-version: 6.2
import PackageDescription

// The arrows of ARCHITECTURE.md: a target may import what stands in its `dependencies`, nothing else.
// `make lint` builds with the explicit-import check, so an arrow that is not written here does not compile.

let strict: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .treatAllWarnings(as: .error),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
  .testTarget(
    name: name, dependencies: dependencies + ["GitrelTestSupport"], swiftSettings: strict)
}

let argumentParser = Target.Dependency.product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")

let package = Package(
  name: "gitrel",
  products: [.executable(name: "gitrel", targets: ["gitrel"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
  ],
  targets: [
    .systemLibrary(name: "CLibGit2", pkgConfig: "libgit2", providers: [.apt(["libgit2-dev"])]),
    .systemLibrary(name: "CExpat", pkgConfig: "expat", providers: [.apt(["libexpat1-dev"])]),
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(
      name: "CVectorscan", pkgConfig: "libhs", providers: [.apt(["libvectorscan-dev"])]),
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),

    module("GitModel"),
    .target(name: "CNoCertificates"),
    .target(name: "CProgram"),
    module("GitStore", ["CLibGit2", "CNoCertificates", "GitModel"]),
    module("Evidence", ["GitModel", "CExpat"]),
    module("Signing", ["GitModel", crypto, cryptoExtras]),
    module("Schedule", ["GitModel"]),
    .target(
      name: "Secrets", dependencies: ["GitModel", "CVectorscan", "CRE2", crypto],
      resources: [.embedInCode("Patterns")], swiftSettings: strict),
    module("Policy", ["GitModel", "Evidence", "Schedule", "CRE2"]),
    // The packs themselves are part of the program, so that no installation can lack one.
    .target(
      name: "Packs", path: "policies", exclude: ["tests"], sources: ["Packs.swift"],
      resources: ["gitflow", "open-source", "regulated", "trunk"].map { .embedInCode("\($0).yml") },
      swiftSettings: strict),
    module(
      "PolicyFile", ["Policy", "GitModel", "Evidence", "Schedule", "Signing", "Packs", "CYaml"]),
    module("Release", ["GitModel", "Policy"]),
    module("Output", ["GitModel", "Policy", "Release", "Schedule"]),
    module(
      "Engine",
      [
        "GitModel", "GitStore", "Evidence", "Signing", "Schedule", "Policy", "PolicyFile",
        "Release", "Secrets", "CProgram",
      ]
    ),
    .executableTarget(
      name: "gitrel",
      dependencies: [
        "GitModel", "GitStore", "Policy", "PolicyFile", "Release", "Engine", "Output",
        argumentParser,
      ],
      swiftSettings: strict),
    module("GitrelTestSupport", ["GitModel"]),

    // Not a product: Tests/trailers-against-git runs it.
    .executableTarget(
      name: "TrailerDump", dependencies: ["GitModel"], path: "Tests/TrailerDump",
      swiftSettings: strict),
    // Not a product: Tests/changes-against-git runs it.
    .executableTarget(
      name: "ChangeDump", dependencies: ["GitModel", "GitStore"], path: "Tests/ChangeDump",
      swiftSettings: strict),
    tests("GitModelTests", ["GitModel"]),
    tests("GitStoreTests", ["GitModel", "GitStore"]),
    tests("EvidenceTests", ["GitModel", "Evidence"]),
    tests("SigningTests", ["GitModel", "Signing"]),
    tests("ScheduleTests", ["GitModel", "Schedule"]),
    tests("SecretsTests", ["GitModel", "Policy", "PolicyFile", "Secrets"]),
    tests("PolicyTests", ["GitModel", "Evidence", "Schedule", "Policy"]),
    tests("PolicyFileTests", ["GitModel", "Schedule", "Policy", "PolicyFile"]),
    tests("ReleaseTests", ["GitModel", "Evidence", "Policy", "Release"]),
    tests(
      "OutputTests",
      ["GitModel", "Evidence", "Policy", "PolicyFile", "Release", "Schedule", "Output"]),
    tests(
      "EngineTests",
      [
        "GitModel", "GitStore", "Evidence", "Signing", "Schedule", "Policy", "PolicyFile",
        "Release", "Secrets", "Output",
        "Engine",
      ]),
    tests("ScenarioTests", ["GitModel", "gitrel"]),
  ],
  cxxLanguageStandard: .cxx17
)
