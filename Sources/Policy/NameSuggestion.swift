internal import GitModel

/// A name for a branch that fits a pattern, made from the name that does not.
///
/// It is an example for people, and a guess: what is guessed is shown only when RE2 says that it fits.
struct NameSuggestion {
  /// The short name.
  let name: String
  /// Whether its words are those of the old name; otherwise it holds a stand-in such as `ABC-123`.
  let isOwn: Bool

  /// A name like that of `branch` which matches `pattern` and not `forbidden`, nil when none is found.
  static func name(
    for branch: RefName, fitting pattern: TextPattern?, unlike forbidden: TextPattern?
  ) -> NameSuggestion? {
    let words = words(of: branch)
    func fits(_ name: String) -> Bool {
      let bytes = Bytes(name.utf8)
      return name.utf8.count <= 60 && RefName("refs/heads/\(name)").fault == nil
        && bytes != Bytes(branch.shortBytes) && pattern?.matchesAll(of: bytes) ?? true
        && !(forbidden?.matchesAll(of: bytes) ?? false)
    }
    var own = [words.joined(separator: "-"), words.joined(separator: "_"), words.joined()]
    var others: [String] = []
    if let pattern {
      for part in parts(of: words, in: pattern) {
        let slug = part.joined(separator: "-")
        let more = part.dropFirst().map { "-\($0)" }.joined()
        for (filling, tail) in [(slug, ""), (part.first ?? "", more), (part.joined(), "")] {
          guard
            let example = PatternExample.text(of: pattern.text, like: words, filling: filling)
          else { continue }
          if example.isSample {
            others += ["\(example.text)-\(slug)", example.text]
          } else {
            own.append(example.text + tail)
          }
        }
      }
    }
    if let name = own.first(where: fits) { return NameSuggestion(name: name, isOwn: true) }
    return others.first(where: fits).map { NameSuggestion(name: $0, isOwn: false) }
  }

  /// The words, and those without the first, which is a kind when the pattern has it (`fix-prices`).
  private static func parts(of words: [String], in pattern: TextPattern) -> [[String]] {
    guard words.count > 1, let first = words.first else { return [words] }
    let rest = Array(words.dropFirst())
    return pattern.text.contains(first) ? [rest, words] : [words, rest]
  }

  /// The words of the old name in small letters: `Feature/MyStuff` has `feature`, `my` and `stuff`.
  private static func words(of branch: RefName) -> [String] {
    var words: [String] = []
    var current = ""
    var last: UInt8 = 0
    for byte in branch.shortBytes.prefix(60) {
      guard byte.isASCIILetter || byte.isASCIIDigit else {
        if !current.isEmpty { words.append(current) }
        current = ""
        last = 0
        continue
      }
      let isCapital = byte.isASCIILetter && byte & 0x20 == 0
      let wasSmall = last.isASCIIDigit || last.isASCIILetter && last & 0x20 != 0
      if isCapital, wasSmall, !current.isEmpty {
        words.append(current)
        current = ""
      }
      current += String(decoding: [byte.isASCIILetter ? byte | 0x20 : byte], as: UTF8.self)
      last = byte
    }
    if !current.isEmpty { words.append(current) }
    return words
  }
}

/// A text that a regular expression matches, for the plain part of RE2's syntax: letters, groups,
/// alternatives, classes, `.`, `?`, `*`, `+` and counts. Of anything else nothing is made.
struct PatternExample {
  /// The text.
  let text: String
  /// Whether it holds a stand-in instead of the words that were to fill it.
  let isSample: Bool

  /// An example of `pattern` in which the first part that may hold any word holds `slug`; of
  /// alternatives one of `words`, where there is one.
  static func text(of pattern: String, like words: [String], filling slug: String)
    -> PatternExample?
  {
    var maker = Maker(rest: Array(pattern.unicodeScalars)[...], words: words, slug: slug)
    guard let text = maker.alternatives(), maker.rest.isEmpty else { return nil }
    return PatternExample(text: text, isSample: maker.isSample)
  }

  private struct Maker {
    var rest: ArraySlice<Unicode.Scalar>
    let words: [String]
    /// What is to fill a part; nil when it has.
    var slug: String?
    var isSample = false
    var depth = 0

    init(rest: ArraySlice<Unicode.Scalar>, words: [String], slug: String) {
      (self.rest, self.words, self.slug) = (rest, words, slug)
    }

    /// One of the alternatives up to the end or a closing bracket.
    mutating func alternatives() -> String? {
      depth += 1
      defer { depth -= 1 }
      guard depth < 20 else { return nil }
      var options: [(text: String, state: Maker)] = []
      var start = self
      while true {
        guard let text = sequence() else { return nil }
        options.append((text, self))
        guard rest.first == "|" else { break }
        start.rest = rest.dropFirst()
        self = start
      }
      let end = rest
      let chosen = options.first { words.contains($0.text.lowercased()) } ?? options[0]
      self = chosen.state
      rest = end
      return chosen.text
    }

    private mutating func sequence() -> String? {
      var text = ""
      while let next = rest.first, next != "|", next != ")" {
        rest = rest.dropFirst()
        switch next {
        case "^", "$": continue
        case "(":
          // A group that need not be there is left out.
          let before = self
          if rest.starts(with: "?:".unicodeScalars) { rest = rest.dropFirst(2) }
          guard rest.first != "?", let inner = alternatives(), rest.popFirst() == ")",
            let count = count()
          else { return nil }
          if count.least == 0 {
            let end = rest
            self = before
            rest = end
          } else {
            text += String(repeating: inner, count: count.least)
          }
        case "[":
          guard let members = characterClass(), let part = part(of: members) else { return nil }
          text += part
        case ".":
          let any = Set("abcdefghijklmnopqrstuvwxyz0123456789-".unicodeScalars)
          guard let part = part(of: any) else { return nil }
          text += part
        case "\\":
          guard let escaped = rest.popFirst() else { return nil }
          let members: Set<Unicode.Scalar>
          if escaped == "d" {
            members = Set("0123456789".unicodeScalars)
          } else if escaped == "w" {
            members = Set("abcdefghijklmnopqrstuvwxyz0123456789_".unicodeScalars)
          } else if escaped.properties.isAlphabetic || escaped.properties.numericType != nil {
            return nil
          } else {
            members = [escaped]
          }
          guard let part = part(of: members) else { return nil }
          text += part
        case "*", "+", "?", "{": return nil
        default:
          guard let part = part(of: [next]) else { return nil }
          text += part
        }
        if text.utf8.count > 80 { return nil }
      }
      return text
    }

    /// So many members of a class as the count behind it wants; the slug, when all of it is in it.
    private mutating func part(of members: Set<Unicode.Scalar>) -> String? {
      guard let count = count() else { return nil }
      guard members.count > 1, count.most > 1 else {
        if count.least > 0, members.count > 1 { isSample = true }
        return members.min().map { String(repeating: String($0), count: count.least) }
      }
      if let slug, !slug.isEmpty, slug.unicodeScalars.allSatisfy(members.contains),
        (max(1, count.least)...max(1, count.most)).contains(slug.unicodeScalars.count)
      {
        self.slug = nil
        return slug
      }
      guard count.least > 0 else { return "" }
      isSample = true
      let samples = ["ABC", "123", "abc"].first { $0.unicodeScalars.allSatisfy(members.contains) }
      let scalars = Array((samples ?? members.min().map { String($0) } ?? "").unicodeScalars)
      guard !scalars.isEmpty else { return nil }
      let length = count.most == .max ? max(count.least, scalars.count) : count.least
      var text = ""
      for index in 0..<min(length, 40) {
        text.unicodeScalars.append(scalars[index % scalars.count])
      }
      return text
    }

    /// How often the part before may stand; nil when it cannot be read.
    private mutating func count() -> (least: Int, most: Int)? {
      let found: (least: Int, most: Int)
      switch rest.first {
      case "?": found = (0, 1)
      case "*": found = (0, .max)
      case "+": found = (1, .max)
      case "{":
        guard let end = rest.firstIndex(of: "}") else { return nil }
        let bounds = String(
          String.UnicodeScalarView(rest[rest.index(after: rest.startIndex)..<end])
        )
        .split(separator: ",", omittingEmptySubsequences: false).map { Int($0) }
        rest = rest[end...]
        guard let least = bounds[0], least <= 40, bounds.count <= 2 else { return nil }
        found = (least, bounds.count == 1 ? least : bounds[1] ?? .max)
      default: return (1, 1)
      }
      rest = rest.dropFirst()
      if rest.first == "?" { rest = rest.dropFirst() }
      return found.least <= found.most ? found : nil
    }

    /// The ASCII members of a class, after its opening bracket.
    private mutating func characterClass() -> Set<Unicode.Scalar>? {
      guard let end = rest.dropFirst().firstIndex(of: "]"), rest.first != "^" else { return nil }
      var inside = rest[..<end]
      rest = rest[end...].dropFirst()
      var members: Set<Unicode.Scalar> = []
      while let first = inside.popFirst() {
        // A class within the class, or an escape that stands for one.
        if first == "[" { return nil }
        var low = first
        if first == "\\" {
          guard let escaped = inside.popFirst(), !escaped.properties.isAlphabetic else {
            return nil
          }
          low = escaped
        }
        guard inside.first == "-", inside.count > 1 else {
          members.insert(low)
          continue
        }
        guard let high = inside.dropFirst().first, low.isASCII, high.isASCII, low <= high else {
          return nil
        }
        inside = inside.dropFirst(2)
        for value in low.value...high.value { Unicode.Scalar(value).map { _ = members.insert($0) } }
      }
      return members.isEmpty ? nil : members
    }
  }
}
