public import Policy
internal import Schedule

/// The JSON schema of a policy file, for editors: made from what the readers ask for.
public enum PolicySchema {
  /// What may stand in a policy file.
  public static let shape = SettingsShape.found { root, problems in
    _ = PolicyReader.document(root, place: .nowhere(), problems: problems) {
      (_) throws(ZoneFault) in
      throw ZoneFault("no zone is read here")
    }
  }

  /// What may stand under the rule called `id`; nil when there is none.
  public static func shape(ofRule id: String) -> SettingsShape? {
    shape["rulesets"]?.items.first?["rules"]?[id]
  }

  /// The schema, as draft 2020-12 has it.
  public static var text: String {
    var definitions = SchemaDefinitions()
    let root = definitions.hoisting(document)
    guard case .members(let keys) = root else { return root.text }
    let head: [(String, JSONText)] = [
      ("$schema", .string("https://json-schema.org/draft/2020-12/schema")),
      ("title", .string("gitrel policy")),
      ("description", .string("Who may push what, when, and what it must have gone through.")),
    ]
    return JSONText.object(head + keys.map { ($0.key, $0.value) } + [("$defs", definitions.all)])
      .text
  }

  private static var document: JSONText {
    var keys: [(String, JSONText)] = [("type", .string("object"))]
    var properties: [(String, JSONText)] = []
    for property in shape.properties {
      properties.append(
        (
          property.key,
          property.key == "version" ? .object([("const", .number(1))]) : schema(of: property)
        ))
    }
    keys.append(("properties", .object(properties)))
    keys.append(("additionalProperties", .flag(false)))
    keys.append(("required", .strings(["version"])))
    // What a policy extends may state the rest: `refs` and `rules` of a ruleset as well.
    let ruleset = JSONText.object([("required", .strings(Array(leftToBases)))])
    keys.append(("if", .object([("not", .object([("required", .strings(["extends"]))]))])))
    keys.append(
      (
        "then",
        .object([
          ("required", .strings(["rulesets"])),
          (
            "properties",
            .object([("rulesets", .object([("minItems", .number(1)), ("items", ruleset)]))])
          ),
        ])
      ))
    return .object(keys)
  }

  /// The keys of a ruleset that only the merged one must have.
  private static let leftToBases = ["refs", "rules"]

  private static func schema(of property: SettingsShape.Property) -> JSONText {
    schema(of: property.shape, called: property.key)
  }

  private static func schema(of shape: SettingsShape, called name: String) -> JSONText {
    var kinds = shape.words.filter { $0 != .nothing }.map(\.schema)
    if let item = shape.items.first {
      if shape.takesOneForList { kinds += item.words.map(\.schema) }
      let items = schema(of: item, called: name == "rulesets" ? "ruleset" : name)
      kinds.append(.object([("type", .string("array")), ("items", items)]))
    }
    if shape.isMap { kinds.append(map(shape, called: name)) }
    if shape.words.contains(.nothing), !shape.isMap || !shape.required.isEmpty {
      kinds.append(.object([("type", .string("null"))]))
    }
    switch kinds.count {
    // Nobody reads it by type: it is judged by whoever reads it.
    case 0: return .object([])
    case 1: return kinds[0]
    default: return .object([("anyOf", .array(kinds))])
    }
  }

  private static func map(_ shape: SettingsShape, called name: String) -> JSONText {
    let required = shape.required.filter { keys in
      name != "ruleset" || !leftToBases.contains(where: keys.contains)
    }
    var keys: [(String, JSONText)] = [
      ("type", required.isEmpty ? .strings(["object", "null"]) : .string("object"))
    ]
    if let rule = RuleRegistry.all.first(where: { $0.id.text == name }) {
      keys.append(("description", .string(rule.summary)))
    }
    if !shape.properties.isEmpty {
      keys.append(("properties", .object(shape.properties.map { ($0.key, schema(of: $0)) })))
    }
    keys.append(
      (
        "additionalProperties",
        shape.values.first.map { schema(of: $0, called: singular(name)) } ?? .flag(false)
      ))
    let single = required.filter { $0.count == 1 }.flatMap { $0 }
    if !single.isEmpty { keys.append(("required", .strings(single))) }
    for choice in required where choice.count > 1 {
      let any = choice.map { JSONText.object([("required", .strings([$0]))]) }
      keys.append(("anyOf", .array(any)))
    }
    return .object(keys)
  }

  /// What one entry of a section is called.
  private static func singular(_ name: String) -> String {
    ["people": "person", "roles": "role", "calendars": "calendar"][name] ?? name
  }
}

extension SettingsShape.Word {
  fileprivate var schema: JSONText {
    func string(_ pattern: String? = nil) -> JSONText {
      let type = ("type", JSONText.string("string"))
      return .object(pattern.map { [type, ("pattern", .string($0))] } ?? [type])
    }
    return switch self {
    case .text, .who, .person, .calendar, .pattern: string()
    case .number(let range):
      .object([
        ("type", .string("integer")), ("minimum", .number(range.lowerBound)),
        ("maximum", .number(range.upperBound)),
      ])
    case .flag: .object([("type", .string("boolean"))])
    case .choice(let words): .object([("enum", .strings(words))])
    case .refPattern: string("^!?(?!(heads|tags|remotes|ref)/)[^!]")
    case .pathPattern: string("^!?[^!]")
    case .percentage: string("^[0-9]{1,3}(\\.[0-9]{1,2})?%$")
    case .duration: string("^[1-9][0-9]{0,4}[mhdw]$")
    case .size: string("^(0|[1-9][0-9]{0,8})(B|kB|KiB|MB|MiB|GB|GiB)$")
    case .moment: string("^[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$")
    case .trailerKey: string("^[A-Za-z0-9-]+$")
    case .nothing: .object([("type", .string("null"))])
    }
  }
}

/// Maps that a schema has several times, said once.
private struct SchemaDefinitions {
  private var found: [JSONText: String] = [:]
  private var names: [(String, JSONText)] = []

  var all: JSONText { .object(names) }

  /// The same schema with such maps referred to.
  mutating func hoisting(_ schema: JSONText) -> JSONText {
    var counts: [JSONText: Int] = [:]
    Self.count(schema, &counts)
    return replaced(schema, called: "", counts)
  }

  private static func count(_ value: JSONText, _ counts: inout [JSONText: Int]) {
    switch value {
    case .members(let keys):
      counts[value, default: 0] += 1
      // What stands in a map that is met again is counted with the first.
      if counts[value] == 1 { for key in keys { count(key.value, &counts) } }
    case .array(let items): for item in items { count(item, &counts) }
    default: break
    }
  }

  private mutating func replaced(
    _ value: JSONText, called name: String, _ counts: [JSONText: Int]
  ) -> JSONText {
    switch value {
    case .array(let items): return .array(items.map { replaced($0, called: name, counts) })
    case .members(let keys):
      let isShared = counts[value, default: 0] > 1 && keys.contains { $0.key == "properties" }
      if isShared, let known = found[value] { return Self.reference(known) }
      var inner: [(String, JSONText)] = []
      for key in keys {
        let isName = ["properties", "items", "anyOf", "additionalProperties"].contains(key.key)
        inner.append((key.key, replaced(key.value, called: isName ? name : key.key, counts)))
      }
      guard isShared else { return .object(inner) }
      var free = name
      while names.contains(where: { $0.0 == free }) { free += "-" }
      found[value] = free
      names.append((free, .object(inner)))
      return Self.reference(free)
    default: return value
    }
  }

  private static func reference(_ name: String) -> JSONText {
    .object([("$ref", .string("#/$defs/\(name)"))])
  }
}
