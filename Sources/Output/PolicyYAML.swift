internal import GitModel
public import Policy

/// A policy with what it extends, as one YAML file: behind each line the place where it is stated.
public enum PolicyYAML {
  /// How wide a line is before its place stands.
  private static let column = 64

  /// The lines of `root`, whose own file is called `file`.
  public static func lines(_ root: SettingsNode, file: String) -> [String] {
    var writer = Writer(file: file)
    writer.block(root, indent: 0)
    return writer.lines
  }

  /// The same as JSON: `effective` is the policy, `lines` tells by JSON pointer where each key and each
  /// item of a list stands.
  public static func json(_ root: SettingsNode, origin: PolicyOrigin) -> String {
    var places: [(String, JSONText)] = []
    let value = value(root, pointer: "", file: origin.file, &places)
    return JSONText.object([
      ("version", .number(1)),
      (
        "policy",
        .object([
          ("label", .string(origin.label)), ("file", .string(origin.file)),
          ("sha256", .string(origin.digest)),
        ])
      ), ("effective", value), ("lines", .object(places)),
    ]).text
  }

  private static func value(
    _ node: SettingsNode, pointer: String, file: String, _ places: inout [(String, JSONText)]
  ) -> JSONText {
    switch node.value {
    case .absent: return .null
    case .scalar("true", isQuoted: false): return .flag(true)
    case .scalar("false", isQuoted: false): return .flag(false)
    case .scalar(let text, let isQuoted):
      return !isQuoted && "\(Int(text) ?? -1)" == text ? .number(Int(text) ?? 0) : .string(text)
    case .list(let items):
      return .array(
        items.enumerated().map { index, item in
          places.append(("\(pointer)/\(index)", .string(place(item.position, file: file))))
          return value(item, pointer: "\(pointer)/\(index)", file: file, &places)
        })
    case .map(let entries):
      return .object(
        entries.map { entry in
          let key = entry.key.replacing("~", with: "~0").replacing("/", with: "~1")
          places.append(("\(pointer)/\(key)", .string(place(entry.position, file: file))))
          return (entry.key, value(entry.node, pointer: "\(pointer)/\(key)", file: file, &places))
        })
    }
  }

  private static func place(_ position: Position, file: String) -> String {
    "\(position.file ?? file):\(position.line)"
  }

  /// Writes block style; what stands on one line in its file stands on one line here.
  private struct Writer {
    let file: String
    var lines: [String] = []

    mutating func block(_ node: SettingsNode, indent: Int) {
      switch node.value {
      case .map(let entries):
        for entry in entries { self.entry(entry, indent: indent, start: "") }
      case .list(let items):
        for item in items { self.item(item, indent: indent) }
      case .absent, .scalar: put(flow(node), at: node.position, indent: indent)
      }
    }

    private mutating func entry(_ entry: SettingsNode.Entry, indent: Int, start: String) {
      let key = start + quoted(entry.key, isQuoted: false) + ":"
      if entry.node.value == .absent {
        put(key, at: entry.position, indent: indent)
      } else if entry.node.isOnOneLine, entry.node.position.line == entry.position.line {
        put("\(key) \(flow(entry.node))", at: entry.position, indent: indent)
      } else {
        put(key, at: entry.position, indent: indent)
        // What stands behind `- ` is two further in already.
        block(entry.node, indent: indent + (start.isEmpty ? 2 : 4))
      }
    }

    private mutating func item(_ item: SettingsNode, indent: Int) {
      guard case .map(let entries) = item.value, !item.isOnOneLine, let first = entries.first else {
        put("- \(flow(item))", at: item.position, indent: indent)
        return
      }
      entry(first, indent: indent, start: "- ")
      for next in entries.dropFirst() { entry(next, indent: indent + 2, start: "") }
    }

    private mutating func put(_ text: String, at position: Position, indent: Int) {
      let line = String(repeating: " ", count: indent) + text
      let gap = String(repeating: " ", count: max(2, PolicyYAML.column - line.count))
      lines.append("\(line)\(gap)# \(place(position, file: file))")
    }

    private func flow(_ node: SettingsNode) -> String {
      switch node.value {
      case .absent: ""
      case .scalar(let text, let isQuoted): quoted(text, isQuoted: isQuoted)
      case .list(let items): "[" + items.map(flow).joined(separator: ", ") + "]"
      case .map(let entries):
        "{"
          + entries.map { "\(quoted($0.key, isQuoted: false)): \(flow($0.node))" }
          .joined(separator: ", ") + "}"
      }
    }

    /// Plain where that is read back as the same, else in quotes; never anything that a terminal would
    /// take for more than text.
    private func quoted(_ text: String, isQuoted: Bool) -> String {
      guard Bytes(text.utf8).printable == text else {
        return JSONText.string(text).text
      }
      let isPlain =
        !isQuoted && !text.isEmpty && !"!&*?|>@%`\"'#-".contains(text.first ?? "-")
        && !text.contains { ",[]{}\\".contains($0) } && !text.contains(": ")
        && !text.contains(" #") && !text.hasSuffix(":") && !text.hasSuffix(" ")
      return isPlain ? text : "'\(text.replacing("'", with: "''"))'"
    }
  }
}

extension SettingsNode {
  /// Whether all of it stands on one line of its file, and is short enough for one here.
  fileprivate var isOnOneLine: Bool {
    var length = 0
    return isWhole(on: position, &length) && length <= 200
  }

  private func isWhole(on start: Position, _ length: inout Int) -> Bool {
    guard position.line == start.line, position.file == start.file else { return false }
    switch value {
    case .absent: return true
    case .scalar(let text, _):
      length += text.utf8.count + 2
      return true
    case .list(let items): return items.allSatisfy { $0.isWhole(on: start, &length) }
    case .map(let entries):
      return entries.allSatisfy { entry in
        length += entry.key.utf8.count + 2
        return entry.position.line == start.line && entry.position.file == start.file
          && entry.node.isWhole(on: start, &length)
      }
    }
  }
}
