// How CODEOWNERS is read, line by line.

/// A heading of GitLab's: `^[Name][2] owner...`.
struct CodeOwnersHeading {
  let isOptional: Bool
  let name: Bytes
  let minimum: Int
  /// The owners of lines without any.
  let owners: [Bytes]
  /// Whether there is a comment where they would stand.
  let hidesOwners: Bool

  /// The most owners that a section may ask for.
  static let maximumMinimum = 100

  /// Whether a line begins as a heading does.
  static func isLike(_ line: BytesSlice) -> Bool {
    let line = line.trimmed
    let bare = line.first == UInt8(ascii: "^") ? line.dropFirst() : line
    return bare.first == UInt8(ascii: "[") && bare.contains(UInt8(ascii: "]"))
  }

  /// Reads a line that begins as a heading does; nil when it is none.
  init?(_ line: BytesSlice) {
    var rest = line.trimmed
    isOptional = rest.first == UInt8(ascii: "^")
    if isOptional { rest = rest.dropFirst() }
    guard let name = Self.bracketed(&rest), !name.trimmed.isEmpty else { return nil }
    self.name = Bytes(name.trimmed)
    if let digits = Self.bracketed(&rest) {
      guard (1...3).contains(digits.count), digits.allSatisfy(\.isASCIIDigit) else { return nil }
      let number = digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
      guard number <= Self.maximumMinimum else { return nil }
      // GitLab asks for one at least.
      minimum = max(1, number)
    } else {
      minimum = 1
    }
    guard rest.first?.isASCIISpace ?? true else { return nil }
    let words = CodeOwnersWords(rest)
    owners = words.words.map(\.text)
    hidesOwners = words.hasComment && owners.isEmpty
  }

  /// What stands between the brackets that `rest` begins with, which is taken off.
  private static func bracketed(_ rest: inout BytesSlice) -> BytesSlice? {
    guard rest.first == UInt8(ascii: "["), let close = rest.firstIndex(of: UInt8(ascii: "]"))
    else { return nil }
    defer { rest = rest[(close + 1)...] }
    return rest[(rest.startIndex + 1)..<close]
  }
}

/// The words of a line; a backslash takes the next byte as it is, and `#` begins a comment.
struct CodeOwnersWords {
  /// Each word with its backslashes, and without.
  private(set) var words: [(raw: Bytes, text: Bytes)] = []
  /// Whether something stands behind a `#`.
  private(set) var hasComment = false

  init(_ line: BytesSlice) {
    var word: (raw: Bytes, text: Bytes) = ([], [])
    var isEscaped = false
    for byte in line {
      if !isEscaped, byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") {
        if !word.raw.isEmpty { words.append(word) }
        word = ([], [])
        continue
      }
      if !isEscaped, byte == UInt8(ascii: "#"), word.raw.isEmpty {
        hasComment = true
        break
      }
      word.raw.append(byte)
      isEscaped = !isEscaped && byte == UInt8(ascii: "\\")
      if !isEscaped { word.text.append(byte) }
    }
    if !word.raw.isEmpty { words.append(word) }
  }
}

extension CodeOwners {
  /// The lines of a file, without their ends and a mark of the encoding.
  static func lines(of bytes: Bytes) -> [BytesSlice] {
    let mark: Bytes = [0xEF, 0xBB, 0xBF]
    return bytes.dropFirst(bytes.starts(with: mark) ? mark.count : 0)
      .split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { $0.last == UInt8(ascii: "\r") ? $0.dropLast() : $0 }
  }

  mutating func read(_ bytes: Bytes) {
    // The section that lines belong to, and the owners of those that name none.
    var place = 0
    var standing: (owners: [Owner], line: Int) = ([], 1)
    for (index, line) in Self.lines(of: bytes).enumerated() {
      let number = index + 1
      // Such a line would be no line, or a comment, and whatever it says would be lost.
      if let odd = line.first(where: { $0 == 0 || $0 == UInt8(ascii: "\r") }) {
        note(number, [], odd == 0 ? "has a NUL byte: this is no text" : "has a CR inside")
        continue
      }
      if syntax == .gitlab, CodeOwnersHeading.isLike(line) {
        guard let heading = CodeOwnersHeading(line) else {
          note(number, Bytes(line.trimmed), "begins as a heading does and is none")
          continue
        }
        if heading.hidesOwners { note(number, heading.name, Self.hidden) }
        standing = (heading.owners.map(Self.owner), number)
        guard let opened = open(heading) else {
          note(
            number, heading.name,
            "is one section too many; at most \(Self.maximumSections) are read")
          return
        }
        place = opened
        continue
      }
      let words = CodeOwnersWords(line)
      guard let pattern = words.words.first else { continue }
      var owners = words.words.dropFirst().map { Self.owner($0.text) }
      let isExclusion = syntax == .gitlab && pattern.raw.first == UInt8(ascii: "!")
      if syntax == .gitlab, !isExclusion, words.hasComment, owners.isEmpty {
        note(number, pattern.text, Self.hidden)
        continue
      }
      let hasOwn = !owners.isEmpty
      if isExclusion { owners = [] } else if !hasOwn { owners = standing.owners }
      do throws(Glob.Fault) {
        let paths = try OwnedPaths(pattern.raw[...].dropFirst(isExclusion ? 1 : 0), syntax)
        count += 1
        guard count <= Self.maximumEntries else { continue }
        sections[place].entries.append(
          Entry(
            line: number, pattern: pattern.text, paths: paths, isExclusion: isExclusion,
            owners: owners, ownersLine: hasOwn ? number : standing.line))
      } catch { note(number, pattern.text, error.words) }
    }
    if count > Self.maximumEntries {
      note(1, [], "and the rest have \(count) patterns; at most \(Self.maximumEntries) are read")
    }
  }

  /// GitLab knows no comment behind something, and would find owners in it.
  private static let hidden = "has a comment where its owners would stand"

  private mutating func note(_ line: Int, _ text: Bytes, _ words: String) {
    guard faults.count < Self.maximumFaults else { return }
    faults.append(Fault(line: line, text: text, words: words))
  }

  /// The place of the section of that heading. The same name again goes on with the same section, which
  /// asks for as much as any of its headings.
  private mutating func open(_ heading: CodeOwnersHeading) -> Int? {
    let name = heading.name.asciiLowercased
    guard let place = sections.firstIndex(where: { $0.name?.asciiLowercased == name }) else {
      guard sections.count <= Self.maximumSections else { return nil }
      sections.append(
        Section(name: heading.name, isOptional: heading.isOptional, minimum: heading.minimum))
      return sections.count - 1
    }
    sections[place].isOptional = sections[place].isOptional && heading.isOptional
    sections[place].minimum = max(sections[place].minimum, heading.minimum)
    return place
  }

  private static func owner(_ word: Bytes) -> Owner {
    let at = UInt8(ascii: "@")
    if word.starts(with: [at, at]), word.count > 2 { return .role(Bytes(word.dropFirst(2))) }
    let name = Bytes(word.drop { $0 == at })
    if name.contains(at) {
      return name.last == at ? .other(word) : .address(name)
    }
    guard word.first == at, !name.isEmpty else { return .other(word) }
    return name.contains(UInt8(ascii: "/")) ? .team(name) : .login(name)
  }
}
