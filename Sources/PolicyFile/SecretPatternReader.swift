public import GitModel
public import Policy

/// Reads a file of patterns for secrets, as strictly as a policy.
///
/// ```yaml
/// version: 1
/// patterns:
///   - id: example-token
///     description: token of the example service
///     pattern: '\b(ext_[a-z0-9]{32})\b'
///     keywords: [ext_]
/// ```
public enum SecretPatternReader {
  /// The largest file that is read, in bytes.
  public static let maximumSize = 1 << 20

  /// How many patterns a file may have.
  public static let maximumCount = 1000

  /// Reads `bytes`. Unless `isProven`, every expression is read by RE2 and its keywords are proven to
  /// stand in all that it matches; the shipped files are proven by the tests.
  public static func read(
    _ bytes: Bytes, file: String, isProven: Bool = false
  ) throws(PolicyFault) -> [SecretPattern] {
    let problems = ProblemList()
    let start = Position(line: 1, column: 1)
    guard bytes.count <= maximumSize else {
      problems.add(
        "the file has \(bytes.count) bytes, and a file of patterns has \(maximumSize) at most",
        at: start)
      throw PolicyFault(file: file, problems)
    }
    guard let root = YAMLReader.root(of: bytes, problems: problems) else {
      throw PolicyFault(file: file, problems)
    }
    let reader = SettingsReader(
      root, name: "a file of patterns", isKey: false, problems: problems)
    if reader.node("version") == nil {
      problems.add("there is no `version`", at: root.position, hint: "start with `version: 1`")
    } else if let version = reader.integer("version", in: 1...1_000_000), version != 1 {
      problems.add(
        "this gitrel reads `version: 1`, not \(version)",
        at: reader.node("version")?.position ?? root.position)
    }
    let patterns = patterns(reader, isProven: isProven)
    reader.finish()
    guard problems.problems.isEmpty else { throw PolicyFault(file: file, problems) }
    return patterns
  }

  private static func patterns(_ reader: SettingsReader, isProven: Bool) -> [SecretPattern] {
    let items = reader.items("patterns") ?? []
    if items.isEmpty {
      reader.problems.add(
        "there are no `patterns`", at: reader.node("patterns")?.position ?? reader.position,
        hint: "write `patterns:` and under it `- id: example-token`")
    }
    guard items.count <= maximumCount else {
      reader.problems.add(
        "there are \(items.count) patterns, at most \(maximumCount) are read", at: reader.position)
      return []
    }
    var places: [String: Position] = [:]
    return items.compactMap { item in
      guard let pattern = pattern(item, reader.problems, isProven: isProven) else { return nil }
      if let first = places[pattern.id] {
        reader.problems.add(
          "the pattern `\(pattern.id)` stands here again", at: item.position,
          hint: "one of that id starts on line \(first.line)")
      }
      places[pattern.id] = item.position
      return pattern
    }
  }

  private static func pattern(
    _ node: SettingsNode, _ problems: ProblemList, isProven: Bool
  ) -> SecretPattern? {
    let reader = SettingsReader(node, name: "a pattern", isKey: false, problems: problems)
    guard case .map = node.value else { return nil }
    for key in ["id", "description", "pattern", "keywords"] where reader.node(key) == nil {
      problems.add("a pattern has no `\(key)`", at: node.position)
    }
    let id = reader.text("id")
    if let id, !isName(id) {
      problems.add(
        "`\(id.printableText)` is no id for a pattern",
        at: reader.node("id")?.position ?? node.position,
        hint: "small ASCII letters, digits and dashes, e.g. example-token")
    }
    let keywords = keywords(reader)
    let group = reader.integer("group", in: 0...9)
    let lines = reader.integer("lines", in: 1...20)
    let entropy = entropy(reader)
    var values: [String] = []
    var words: [String] = []
    if let allow = reader.node("allow") {
      let allow = SettingsReader(allow, name: "allow", problems: problems)
      values = (isProven ? allow.texts("values") : allow.bytePatterns("values")) ?? []
      words = allow.texts("words") ?? []
      for word in words where word.isEmpty {
        problems.add("an empty word under `words` allows everything", at: allow.position)
      }
      allow.finish()
    }
    let about = reader.text("description")
    let expression = reader.text("pattern")
    reader.finish()
    guard let id, let about, let expression, !keywords.isEmpty else { return nil }
    let pattern = SecretPattern(
      id: id, about: about, expression: expression, keywords: keywords, group: group,
      lines: lines ?? 1, entropy: entropy, allowedValues: values, allowedWords: words)
    if !isProven { prove(pattern, reader) }
    return pattern
  }

  /// Notes what is wrong with the expression, and words that a match need not hold: where vectorscan
  /// does not meet one, nobody looks.
  private static func prove(_ pattern: SecretPattern, _ reader: SettingsReader) {
    let place = reader.node("pattern")?.position ?? reader.position
    let read = reader.problems.noting(
      at: place, "the pattern of `\(pattern.id.printableText)`"
    ) { () throws(TextPattern.Fault) in try BytePattern(pattern.expression) }
    guard let read else { return }
    if let group = pattern.group, group > read.groups {
      reader.problems.add(
        "the pattern has no group \(group)", at: reader.node("group")?.position ?? place,
        hint: "it has \(read.groups)")
    }
    guard !read.implies(anyOf: pattern.keywords) else { return }
    reader.problems.add(
      "it cannot be proven that every match of `\(pattern.id.printableText)` holds one of its keywords",
      at: reader.node("keywords")?.position ?? place,
      hint: "name a word for each alternative of the pattern, as it stands there")
  }

  private static func keywords(_ reader: SettingsReader) -> [String] {
    let items = reader.items("keywords") ?? []
    if reader.node("keywords") != nil, items.isEmpty {
      reader.problems.add(
        "`keywords` is empty", at: reader.node("keywords")?.position ?? reader.position)
    }
    return items.compactMap { item in
      guard let text = reader.text(of: item, for: "keywords") else { return nil }
      guard (2...100).contains(text.utf8.count), text.utf8.allSatisfy({ $0 >= 0x20 && $0 < 0x7F })
      else {
        reader.problems.add(
          "`\(text.printableText)` is no keyword", at: item.position,
          hint: "2 to 100 printable ASCII characters")
        return nil
      }
      return text
    }
  }

  /// Bits a byte: 0 to 8, with one decimal or two.
  private static func entropy(_ reader: SettingsReader) -> Double {
    guard let node = reader.node("entropy") else { return 0 }
    if case .scalar(let text, isQuoted: false) = node.value, text.utf8.count <= 4,
      text.utf8.allSatisfy({ $0.isASCIIDigit || $0 == UInt8(ascii: ".") }),
      text.utf8.first?.isASCIIDigit ?? false, text.utf8.last?.isASCIIDigit ?? false,
      let bits = Double(text), bits <= 8
    {
      return bits
    }
    reader.problems.add(
      "`entropy` takes bits a character", at: node.position, hint: "a number from 0 to 8, e.g. 3.5")
    return 0
  }

  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && text.utf8.count <= 64
      && text.utf8.allSatisfy {
        $0.isASCIIDigit || $0 == UInt8(ascii: "-") || (0x61...0x7A).contains($0)
      }
  }
}
