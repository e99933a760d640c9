/// One of the words that a pattern with `{a,b}` multiplies out to; those without have one.
struct GlobWord: Hashable, Sendable {
  /// What a subject starts with, and ends with: most subjects fail on one of them.
  private let prefix: Bytes
  private let suffix: Bytes
  /// What stands between them; empty when the word has no wildcard, and is all prefix.
  private let pieces: [Piece]

  fileprivate enum Piece: Hashable, Sendable {
    case literal(UInt8)
    case one
    case set(ranges: [ClosedRange<UInt8>], negated: Bool)
    case run
    case deepRun
    /// `**/` in a path: nothing, or what the next piece takes.
    case folders
    /// Whole folders with the slash behind each; always behind `folders`.
    case someFolders
  }

  /// Reads a word. `isPath`: a `**/` at the start of a part stands for any folders, or for none.
  /// `takesEscapes`: a backslash makes the next byte mean itself.
  init(_ text: Bytes, isPath: Bool = false, takesEscapes: Bool = false) throws(Glob.Fault) {
    let all = try Self.pieces(of: text, isPath: isPath, takesEscapes: takesEscapes)
    let prefix = all.literals
    let rest = all.dropFirst(prefix.count)
    let suffix = Bytes(rest.reversed().literals.reversed())
    (self.prefix, self.suffix) = (prefix, suffix)
    pieces = Array(rest.dropLast(suffix.count))
  }

  /// Whether there is no wildcard.
  var isLiteral: Bool { pieces.isEmpty }

  /// Whether what stands before the first wildcard starts with `bytes`.
  func starts(with bytes: BytesSlice) -> Bool { prefix.starts(with: bytes) }

  /// Whether the whole of `subject` matches.
  func matches(_ subject: BytesSlice) -> Bool {
    guard subject.count >= prefix.count + suffix.count, subject.starts(with: prefix),
      subject.suffix(suffix.count).elementsEqual(suffix)
    else { return false }
    let middle = subject.dropFirst(prefix.count).dropLast(suffix.count)
    switch pieces.first {
    case nil: return middle.isEmpty
    case .deepRun where pieces.count == 1: return true
    case .run where pieces.count == 1: return !middle.contains(UInt8(ascii: "/"))
    default: return match(middle)
    }
  }

  /// Runs all positions of the pattern side by side, so that the time is pattern length times
  /// subject length whatever the stars.
  private func match(_ subject: BytesSlice) -> Bool {
    let slash = UInt8(ascii: "/")
    var active = [Bool](repeating: false, count: pieces.count + 1)
    var next = active
    func skipRuns(_ states: inout [Bool]) {
      for (position, piece) in pieces.enumerated() where states[position] {
        switch piece {
        case .run, .deepRun: states[position + 1] = true
        case .folders: (states[position + 1], states[position + 2]) = (true, true)
        case .literal, .one, .set, .someFolders: break
        }
      }
    }
    active[0] = true
    skipRuns(&active)
    for byte in subject {
      for position in next.indices { next[position] = false }
      var isAlive = false
      for (position, piece) in pieces.enumerated() where active[position] {
        switch piece {
        case .literal(let wanted): if byte == wanted { next[position + 1] = true }
        case .one: if byte != slash { next[position + 1] = true }
        case .set(let ranges, let negated):
          if byte != slash, ranges.contains(where: { $0.contains(byte) }) != negated {
            next[position + 1] = true
          }
        case .run: if byte != slash { next[position] = true }
        case .deepRun: next[position] = true
        case .folders: break
        case .someFolders:
          next[position] = true
          if byte == slash { next[position + 1] = true }
        }
        isAlive = isAlive || next[position] || next[position + 1]
      }
      guard isAlive else { return false }
      skipRuns(&next)
      swap(&active, &next)
    }
    return active[pieces.count]
  }
}

extension GlobWord {
  private static func pieces(
    of text: Bytes, isPath: Bool, takesEscapes: Bool
  ) throws(Glob.Fault) -> [Piece] {
    var pieces: [Piece] = []
    var rest = text[...]
    var startsPart = isPath
    while let byte = rest.popFirst() {
      let wasStart = startsPart
      startsPart = isPath && byte == UInt8(ascii: "/")
      switch byte {
      case UInt8(ascii: "\\") where takesEscapes:
        guard let next = rest.popFirst() else {
          throw Glob.Fault(words: "has a backslash with nothing behind it")
        }
        pieces.append(.literal(next))
      case UInt8(ascii: "*"):
        var stars = 1
        while rest.first == UInt8(ascii: "*") {
          stars += 1
          rest = rest.dropFirst()
        }
        guard stars <= 2 else { throw Glob.Fault(words: "has more than two `*` in a row") }
        if stars == 2, wasStart, rest.first == UInt8(ascii: "/") {
          rest = rest.dropFirst()
          startsPart = true
          pieces += [.folders, .someFolders]
        } else {
          pieces.append(stars == 1 ? .run : .deepRun)
        }
      case UInt8(ascii: "?"): pieces.append(.one)
      case UInt8(ascii: "["):
        guard let close = rest.firstIndex(of: UInt8(ascii: "]")), close > rest.startIndex else {
          throw Glob.Fault(words: "has a `[` without its `]`")
        }
        if takesEscapes, rest[..<close].contains(UInt8(ascii: "\\")) {
          throw Glob.Fault(words: "has a backslash in `[ ]`, which is not read")
        }
        pieces.append(try set(of: rest[..<close]))
        rest = rest[(close + 1)...]
      case UInt8(ascii: "]"): throw Glob.Fault(words: "has a `]` without a `[`")
      default: pieces.append(.literal(byte))
      }
    }
    return pieces
  }

  private static func set(of text: BytesSlice) throws(Glob.Fault) -> Piece {
    var rest = text
    let negated = rest.first == UInt8(ascii: "!")
    if negated { rest = rest.dropFirst() }
    var ranges: [ClosedRange<UInt8>] = []
    while let low = rest.popFirst() {
      if rest.first == UInt8(ascii: "-"), let high = rest.dropFirst().first {
        guard low <= high else {
          throw Glob.Fault(words: "has a range that runs backwards in `[ ]`")
        }
        ranges.append(low...high)
        rest = rest.dropFirst(2)
      } else {
        ranges.append(low...low)
      }
    }
    guard !ranges.isEmpty else { throw Glob.Fault(words: "has an empty `[ ]`") }
    return .set(ranges: ranges, negated: negated)
  }
}

extension GlobWord {
  /// A few subjects that match: for each wildcard something plain, another in each.
  var samples: [Bytes] {
    let letters = Bytes("xm7abcdefghijklnopqrstuvwyzABCDEFGHIJKLMNOPQRSTUVWXYZ012345689-._".utf8)
    return zip(["x", "q7", "m-2"], ["x", "q7/w", "m-2"]).enumerated().map { index, runs in
      var sample = prefix
      for piece in pieces {
        switch piece {
        case .literal(let byte): sample.append(byte)
        case .one: sample.append(letters[index])
        case .run: sample += Bytes(runs.0.utf8)
        case .deepRun: sample += Bytes(runs.1.utf8)
        case .set(let ranges, let negated):
          let fitting = letters.filter { letter in
            ranges.contains { $0.contains(letter) } != negated
          }
          sample.append(
            fitting.isEmpty ? ranges[0].lowerBound : fitting[min(index, fitting.count - 1)])
        case .folders, .someFolders: break
        }
      }
      return sample + suffix
    }
  }
}

extension Sequence<GlobWord.Piece> {
  /// The literals that it starts with.
  fileprivate var literals: Bytes {
    var bytes = Bytes()
    for piece in self {
      guard case .literal(let byte) = piece else { break }
      bytes.append(byte)
    }
    return bytes
  }
}
