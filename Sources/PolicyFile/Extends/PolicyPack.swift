public import GitModel
internal import Packs
internal import Policy

/// A policy that ships with gitrel, to be extended: `extends: [pack:trunk]`.
public struct PolicyPack: Hashable, Sendable {
  /// The name behind `pack:`.
  public let name: String
  /// The text.
  public let bytes: Bytes

  /// All of them, by name.
  public static let all: [PolicyPack] = Packs.all.map { PolicyPack(name: $0.name, bytes: $0.text) }

  /// The pack of this name.
  public static func named(_ name: String) -> PolicyPack? { all.first { $0.name == name } }

  static func suggestion(for name: String) -> String {
    let names = all.map { "pack:\($0.name)" }
    return Spelling.suggestion(for: "pack:\(name)", among: names)
      ?? "there is \(names.joined(separator: ", "))"
  }
}
