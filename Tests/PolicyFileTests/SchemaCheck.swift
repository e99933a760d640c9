import Foundation
import GitrelTestSupport
import Policy

/// A small judge of JSON schemas: the keywords that `gitrel policy schema` writes, and no other.
struct SchemaCheck {
  private let root: [String: Any]

  init(_ schema: String) throws {
    let value = try JSONSerialization.jsonObject(with: Data(schema.utf8))
    guard let root = value as? [String: Any] else { throw SupportError("the schema is no object") }
    self.root = root
  }

  /// What is wrong with `node`, as `place: what`; nothing when the schema takes it.
  func faults(of node: SettingsNode) throws -> [String] { try faults(of: node, root, at: "") }

  private static let silent: Set<String> = ["$schema", "$defs", "title", "description"]

  private func faults(of node: SettingsNode, _ schema: Any, at place: String) throws -> [String] {
    if let flag = schema as? Bool { return flag ? [] : ["\(place): is not known"] }
    guard let schema = schema as? [String: Any] else { throw SupportError("\(place): \(schema)") }
    var faults: [String] = []
    for (keyword, value) in schema where !Self.silent.contains(keyword) {
      faults += try self.faults(of: node, keyword, value, schema, at: place)
    }
    return faults
  }

  private func faults(
    of node: SettingsNode, _ keyword: String, _ value: Any, _ schema: [String: Any],
    at place: String
  ) throws -> [String] {
    func fault(_ holds: Bool, _ words: String) -> [String] { holds ? [] : ["\(place): \(words)"] }
    switch keyword {
    case "$ref":
      guard let name = (value as? String)?.split(separator: "/").last,
        let found = (root["$defs"] as? [String: Any])?[String(name)]
      else { throw SupportError("\(value) leads nowhere") }
      return try faults(of: node, found, at: place)
    case "type":
      let types = value as? [String] ?? [value as? String ?? ""]
      return fault(!Set(types).isDisjoint(with: node.types), "is no \(types)")
    case "const": return fault(node.text == "\(value)" && node.types.contains("integer"), "const")
    case "enum":
      return fault((value as? [String] ?? []).contains(node.text ?? "\u{0}"), "is none of \(value)")
    case "minimum", "maximum":
      guard let number = node.text.flatMap({ Int($0) }), let bound = value as? Int else {
        return []
      }
      return fault(keyword == "minimum" ? number >= bound : number <= bound, keyword)
    case "pattern":
      guard node.types.contains("string"), let text = node.text else { return [] }
      return fault(
        try text.firstMatch(of: Regex(value as? String ?? "(")) != nil, "is not like \(value)")
    case "required":
      guard let keys = node.keys else { return [] }
      return (value as? [String] ?? []).flatMap { fault(keys.contains($0), "lacks \($0)") }
    case "properties":
      return try (node.map ?? []).flatMap { entry -> [String] in
        guard let inner = (value as? [String: Any])?[entry.key] else { return [] }
        return try faults(of: entry.node, inner, at: "\(place)/\(entry.key)")
      }
    case "additionalProperties":
      let known = (schema["properties"] as? [String: Any])?.keys.map { $0 } ?? []
      return try (node.map ?? []).filter { !known.contains($0.key) }.flatMap {
        try faults(of: $0.node, value, at: "\(place)/\($0.key)")
      }
    case "items":
      return try (node.list ?? []).enumerated().flatMap {
        try faults(of: $1, value, at: "\(place)/\($0)")
      }
    case "minItems": return fault(node.list.map { $0.count >= value as? Int ?? 0 } ?? true, keyword)
    case "anyOf":
      let all = try (value as? [Any] ?? []).map { try faults(of: node, $0, at: place) }
      return fault(all.contains([]), "fits nothing of \(all)")
    case "not": return fault(try !faults(of: node, value, at: place).isEmpty, "not")
    case "if":
      guard try faults(of: node, value, at: place).isEmpty, let then = schema["then"] else {
        return []
      }
      return try faults(of: node, then, at: place)
    case "then": return []
    default: throw SupportError("\(place): \(keyword) is no keyword that is known here")
    }
  }
}

extension SettingsNode {
  fileprivate var map: [Entry]? { if case .map(let entries) = value { entries } else { nil } }
  fileprivate var list: [SettingsNode]? { if case .list(let items) = value { items } else { nil } }
  fileprivate var keys: Set<String>? { map.map { Set($0.map(\.key)) } }
  fileprivate var text: String? {
    if case .scalar(let text, _) = value { text } else { nil }
  }

  /// The JSON types of what stands here, as YAML 1.2 reads it.
  fileprivate var types: Set<String> {
    switch value {
    case .absent: ["null"]
    case .list: ["array"]
    case .map: ["object"]
    case .scalar(_, isQuoted: true): ["string"]
    case .scalar(let text, isQuoted: false):
      if text == "true" || text == "false" {
        ["boolean"]
      } else if Int(text) != nil {
        ["integer", "number"]
      } else if Double(text) != nil {
        ["number"]
      } else {
        ["string"]
      }
    }
  }
}
