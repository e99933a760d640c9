internal import GitModel
internal import Glibc

/// Where a secret stands, before lines are counted.
struct Place: Hashable {
  /// The index of the kind.
  let kind: Int
  let range: Range<Int>
  let fingerprint: String
}

/// One search of one blob: what was found, and what need not be searched again.
struct Search {
  /// What was found so far.
  var found: Set<Place> = []
  /// The part that was searched last for each kind.
  var done: [Range<Int>]
  /// The line of the last keyword, its end not included; keywords come in the order of the text.
  private var line = 0..<0

  /// How much more of a long line is searched at once than a keyword needs, so that many keywords on it
  /// do not each cost a search.
  private static let stride = 1 << 14

  init(kinds: Int) { done = Array(repeating: 0..<0, count: kinds) }

  /// What to search for one keyword.
  struct Window {
    /// The lines, without the last line feed: `^` and `$` stand at their ends.
    let lines: Range<Int>
    /// Where a match that holds the keyword can lie.
    let needed: Range<Int>
    /// That, and a stretch more of a long line.
    let searched: Range<Int>
  }

  /// Where to search for a match of at most `reach` bytes that holds the keyword that ends at `end`.
  mutating func window(
    around end: Int, in text: UnsafeRawBufferPointer, lines: Int, reach: Int?
  ) -> Window {
    findLine(of: max(0, end - 1), in: text)
    var whole = line
    for _ in 1..<max(1, lines) where whole.lowerBound > 0 {
      whole = Self.start(before: whole.lowerBound - 1, in: text)..<whole.upperBound
    }
    for _ in 1..<max(1, lines) where whole.upperBound < text.count {
      whole = whole.lowerBound..<Self.end(from: whole.upperBound + 1, in: text)
    }
    guard let reach else { return Window(lines: whole, needed: whole, searched: whole) }
    // Some expressions look at the byte before a match, or behind it.
    let low = max(whole.lowerBound, end - reach - 1)
    let needed = low..<min(whole.upperBound, end + reach + 1)
    return Window(
      lines: whole, needed: needed,
      searched: low..<min(whole.upperBound, needed.upperBound + Self.stride))
  }

  private mutating func findLine(of position: Int, in text: UnsafeRawBufferPointer) {
    if line.contains(position) { return }
    // Most keywords stand on a later line than the one before, so nothing is walked over twice.
    let start =
      position >= line.upperBound && !line.isEmpty
      ? Self.start(before: position, in: text, downTo: line.upperBound)
      : Self.start(before: position, in: text)
    line = start..<Self.end(from: position, in: text)
  }

  /// Where the line begins that `position` is on.
  private static func start(
    before position: Int, in text: UnsafeRawBufferPointer, downTo least: Int = 0
  ) -> Int {
    var start = position
    while start > least, text[start - 1] != 0x0A { start -= 1 }
    return start
  }

  /// Where the line ends that `position` is on: at its line feed, or at the end of all.
  private static func end(from position: Int, in text: UnsafeRawBufferPointer) -> Int {
    guard let base = text.baseAddress, position < text.count,
      let found = memchr(base + position, 0x0A, text.count - position)
    else { return text.count }
    return base.distance(to: UnsafeRawPointer(found))
  }

  /// What was found, in its order, without what overlaps with a match of a more special kind.
  var standing: [Place] {
    let sorted = found.sorted {
      ($0.range.lowerBound, $0.kind, $0.range.upperBound)
        < ($1.range.lowerBound, $1.kind, $1.range.upperBound)
    }
    var kept: [Place] = []
    for place in sorted {
      guard let last = kept.last, last.range.overlaps(place.range) else {
        kept.append(place)
        continue
      }
      if place.kind < last.kind { kept[kept.count - 1] = place }
    }
    return kept
  }
}

/// Lines and columns of places.
enum Places {
  /// The matches at `places`, which are sorted: the lines are counted in one pass.
  static func matches(_ places: [Place], kinds: [SecretKind], in bytes: Bytes) -> [SecretMatch] {
    var (line, start, position) = (1, 0, 0)
    return places.map { place in
      while position < place.range.lowerBound {
        if bytes[position] == 0x0A { (line, start) = (line + 1, position + 1) }
        position += 1
      }
      let secret = bytes[place.range]
      let first = place.range.lowerBound - start + 1
      return SecretMatch(
        kind: kinds[place.kind].id, line: line, columns: first...(first + secret.count - 1),
        start: secret.prefix(min(4, secret.count / 4)).printable, length: secret.count,
        fingerprint: place.fingerprint)
    }
  }
}

/// Text in UTF-16 or UTF-32, as some programs of Windows write it.
enum UTF16Text {
  /// The text with a byte for each unit, `?` for what is no Latin-1. Without the mark of UTF-16 the bytes
  /// less their zeros: between the letters of a token there is nothing else. Nil when there are none.
  static func narrowed(_ bytes: Bytes) -> Bytes? {
    let isLittle = bytes.starts(with: [0xFF, 0xFE])
    guard isLittle || bytes.starts(with: [0xFE, 0xFF]) else {
      return bytes.contains(0) ? bytes.filter { $0 != 0 } : nil
    }
    return stride(from: 2, to: bytes.count - 1, by: 2).map { index in
      let (low, high) = isLittle ? (index, index + 1) : (index + 1, index)
      return bytes[high] == 0 ? bytes[low] : UInt8(ascii: "?")
    }
  }
}

enum Logarithm {
  static func base2(_ value: Double) -> Double { log2(value) }
}
