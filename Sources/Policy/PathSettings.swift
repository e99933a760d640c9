public import GitModel

extension SettingsReader {
  /// The patterns of paths under `key`, each as written, and what they select; nil with a problem
  /// noted when a pattern is wrong or there is none, nil without one when the key is not there.
  ///
  /// With `ignoringCase` the selection is of ASCII small letters, and takes paths in those.
  public func paths(
    _ key: String, ignoringCase: Bool = false
  ) -> (selection: PathSelection, patterns: [String])? {
    guard !recordsItems(.pathPattern, under: key), let items = items(key) else { return nil }
    var patterns: [String] = []
    var isSound = true
    for item in items {
      guard let text = text(of: item, for: key) else {
        isSound = false
        continue
      }
      let bare = text.hasPrefix("!") ? String(text.dropFirst()) : text
      if pathPattern(bare, written: text, at: item.position, for: key) == nil { isSound = false }
      patterns.append(text)
    }
    guard isSound else { return nil }
    let place = node(key)?.position ?? position
    guard !patterns.isEmpty else {
      problems.add(
        "`\(key)` is empty", at: place, hint: "write `\(key): [\"*.exe\", \"vendor/\"]`")
      return nil
    }
    // Every pattern is sound, so this can only fail where all of them take out.
    let words =
      ignoringCase
      ? patterns.map { String(decoding: Bytes($0.utf8).asciiLowercased, as: UTF8.self) } : patterns
    guard let selection = try? PathSelection(words) else {
      problems.add("`\(key)` selects nothing: every pattern starts with `!`", at: place)
      return nil
    }
    return (selection, patterns)
  }

  /// The path pattern `text`; nil with a problem noted when it is none.
  func pathPattern(
    _ text: String, written: String? = nil, at position: Position, for key: String
  ) -> PathPattern? {
    problems.noting(at: position, "`\(key)`: the pattern \((written ?? text).quoted)") {
      () throws(Glob.Fault) in try PathPattern(text)
    }
  }

  /// The size under `key`, such as `5MB`, in bytes.
  public func size(_ key: String, in range: ClosedRange<Int>) -> Int? {
    node(key).flatMap { size(of: $0, for: key, in: range) }
  }

  /// The size in `node`: a whole number and a unit, with no space between them.
  public func size(of node: SettingsNode, for key: String, in range: ClosedRange<Int>) -> Int? {
    if records(.size(range), at: node) { return nil }
    guard case .scalar(let text, isQuoted: false) = node.value, let size = ByteSize(text) else {
      problems.add(
        "`\(key)` takes a size, not \(node.kind)", at: node.position,
        hint:
          "write a whole number and one of \(listed(ByteSize.units.map(\.name), "or")), e.g. 5MB")
      return nil
    }
    guard range.contains(size.bytes) else {
      problems.add(
        "`\(key)` takes a size from \(ByteSize(bytes: range.lowerBound).text) to"
          + " \(ByteSize(bytes: range.upperBound).text), not \(text)", at: node.position)
      return nil
    }
    return size.bytes
  }
}

/// A number of bytes as people write it.
struct ByteSize: Hashable, Sendable {
  /// The number.
  let bytes: Int

  /// The units, the smallest first: powers of 1000, and of 1024 with an `i`.
  static let units: [(name: String, bytes: Int)] = [
    ("B", 1), ("kB", 1000), ("KiB", 1 << 10), ("MB", 1_000_000), ("MiB", 1 << 20),
    ("GB", 1_000_000_000), ("GiB", 1 << 30),
  ]

  /// So many bytes.
  init(bytes: Int) { self.bytes = bytes }

  /// Reads `5MB` and the like; nil for anything else. At most nine digits, so nothing overflows.
  init?(_ text: String) {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    guard digits.utf8.count <= 9, SettingsReader.isPlainDecimal(String(digits)),
      let number = Int(digits),
      let unit = Self.units.first(where: { $0.name == text.dropFirst(digits.count) })
    else { return nil }
    bytes = number * unit.bytes
  }

  /// The largest unit that gives a whole number, or else one decimal of the largest power of 1000,
  /// cut off: `5MB`, `64KiB`, `7.3 MB`.
  var text: String {
    let exact = Self.units.last { bytes >= $0.bytes && bytes % $0.bytes == 0 && bytes > 0 }
    if let exact, exact.bytes > 1 || bytes < 1000 { return "\(bytes / exact.bytes)\(exact.name)" }
    let unit = Self.units.last { !$0.name.contains("i") && bytes >= $0.bytes } ?? Self.units[0]
    let tenths = bytes / max(1, unit.bytes / 10)
    return unit.bytes == 1 ? "\(bytes)B" : "\(tenths / 10).\(tenths % 10) \(unit.name)"
  }
}
