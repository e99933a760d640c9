/// A format of calendar versions as calver.org describes them, such as `YYYY.0M.MICRO`.
public struct CalVerFormat: Hashable, Sendable {
  /// The format as written.
  public let text: String
  let fields: [Field]
  let separators: Bytes

  enum Field: String, CaseIterable {
    case fullYear = "YYYY"
    case shortYear = "YY"
    case paddedYear = "0Y"
    case shortMonth = "MM"
    case paddedMonth = "0M"
    case shortWeek = "WW"
    case paddedWeek = "0W"
    case shortDay = "DD"
    case paddedDay = "0D"
    case major = "MAJOR"
    case minor = "MINOR"
    case micro = "MICRO"
  }

  /// Why a format cannot be read; a clause after "the format".
  public struct Fault: WordedFault, Hashable, Sendable {
    /// The clause.
    public let words: String
  }

  /// Reads a format: `YYYY YY 0Y MM 0M WW 0W DD 0D MAJOR MINOR MICRO` with `.`, `-` or `_` between.
  public init(_ text: String) throws(Fault) {
    self.text = text
    let bytes = Bytes(text.utf8)
    let words = bytes.split(omittingEmptySubsequences: false, whereSeparator: Self.isSeparator)
    var fields: [Field] = []
    for word in words {
      guard let field = Field.allCases.first(where: { $0.rawValue.utf8.elementsEqual(word) }) else {
        throw Fault(
          words: "has `\(word.printable)`, which is none of "
            + Field.allCases.map(\.rawValue).joined(separator: " "))
      }
      guard !fields.contains(field) else {
        throw Fault(words: "has `\(field.rawValue)` twice")
      }
      fields.append(field)
    }
    guard fields.contains(where: \.isYear) else { throw Fault(words: "has no year") }
    (self.fields, separators) = (fields, bytes.filter(Self.isSeparator))
  }

  /// The version that `text` spells in this format; nil for anything else.
  public func version(_ text: Bytes) -> Version? {
    guard text.count <= Version.maximumLength else { return nil }
    let words = text.split(omittingEmptySubsequences: false, whereSeparator: Self.isSeparator)
    guard words.count == fields.count, text.filter(Self.isSeparator) == separators else {
      return nil
    }
    var numbers: [Version.Number] = []
    for (field, word) in zip(fields, words) {
      guard let number = field.number(word) else { return nil }
      numbers.append(number)
    }
    return Version(spelling: text, numbers: numbers)
  }

  private static func isSeparator(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: ".") || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
  }
}

extension CalVerFormat.Field {
  var isYear: Bool { self == .fullYear || self == .shortYear || self == .paddedYear }

  /// The number in `word` if it is one of this field: in range, and with the zeros in front that the
  /// field has and no others.
  fileprivate func number(_ word: BytesSlice) -> Version.Number? {
    guard let number = Version.Number(word) else { return nil }
    let isPlain = number.digits.count == word.count
    let isPadded = word.count == 2 || (word.count > 2 && isPlain)
    switch self {
    case .major, .minor, .micro: return isPlain ? number : nil
    case .fullYear: return word.count == 4 && isPlain ? number : nil
    // Years are counted from 2000, so 2106 is `106` in both.
    case .shortYear: return isPlain && word.count <= 3 ? number : nil
    case .paddedYear: return isPadded && word.count <= 3 ? number : nil
    case .shortMonth: return isPlain ? number.within(1...12) : nil
    case .paddedMonth: return isPadded ? number.within(1...12) : nil
    case .shortWeek: return isPlain ? number.within(1...53) : nil
    case .paddedWeek: return isPadded ? number.within(1...53) : nil
    case .shortDay: return isPlain ? number.within(1...31) : nil
    case .paddedDay: return isPadded ? number.within(1...31) : nil
    }
  }
}

extension Version.Number {
  fileprivate func within(_ range: ClosedRange<Int>) -> Self? {
    value.map(range.contains) == true ? self : nil
  }
}

extension CalVerFormat {
  /// The version of a day: its date, and numbers that count the versions of one date, from zero. What is
  /// counted before the date goes on, and what is counted behind it starts again with the date.
  func next(_ aim: VersionAim, tagged: [Version]) throws(VersionFault) -> Bytes {
    guard aim.label == nil else {
      throw VersionFault("calendar versions of the format \(text) have no pre-releases")
    }
    let last = tagged.max()
    let today = fields.map { $0.number(at: aim.instant) }
    // What a date of today has in another place than the last version.
    let moved = zip(fields.indices, today).first { place, number in
      number.map { $0 != last?.numbers[place] } ?? false
    }?.0
    if let last, let moved, let number = today[moved], number < last.numbers[moved] {
      throw VersionFault("\(last) is tagged, which is ahead of today")
    }
    var step: Int?
    if let wanted = aim.step {
      guard let place = fields.firstIndex(of: wanted.field) else {
        throw VersionFault("the format \(text) has no \(wanted.field.rawValue)")
      }
      step = place
    } else if moved == nil, last != nil {
      step = fields.lastIndex { !$0.isDate }
      guard step != nil else {
        throw VersionFault(
          "\(last.map(\.description) ?? "") is tagged, and the format \(text) has no number for a second one of its date"
        )
      }
    }
    let numbers = fields.indices.map { place -> Version.Number in
      if let number = today[place] { return number }
      if let moved, moved < place { return .zero }
      if let step, step < place { return .zero }
      let kept = last?.numbers[place] ?? .zero
      return place == step ? kept.next : kept
    }
    var spelling = Bytes()
    for (place, number) in numbers.enumerated() {
      if place > 0 { spelling.append(separators[place - 1]) }
      spelling += fields[place].spelled(number)
    }
    return spelling
  }
}

extension VersionStep {
  fileprivate var field: CalVerFormat.Field {
    switch self {
    case .major: .major
    case .minor: .minor
    case .patch: .micro
    }
  }
}

extension CalVerFormat.Field {
  fileprivate var isDate: Bool { self != .major && self != .minor && self != .micro }

  /// What this field is of a day; nil for what counts.
  fileprivate func number(at instant: Instant) -> Version.Number? {
    let days = Instant.floorDivide(instant.seconds, by: 86_400).0
    let (year, month, day) = Instant.civil(days)
    let value: Int64
    switch self {
    case .major, .minor, .micro: return nil
    case .fullYear: value = year
    case .shortYear, .paddedYear: value = year - 2000
    case .shortMonth, .paddedMonth: value = month
    // Weeks "since start of year" (calver.org): the first has January 1 to 7, so that no week of one
    // year is numbered in another, as those of ISO 8601 are.
    case .shortWeek, .paddedWeek:
      value = (days - Instant.daysBefore(year: year, month: 1, day: 1)) / 7 + 1
    case .shortDay, .paddedDay: value = day
    }
    return Version.Number(Bytes(String(value).utf8))
  }

  /// The number as this field writes it.
  fileprivate func spelled(_ number: Version.Number) -> Bytes {
    switch self {
    case .paddedYear, .paddedMonth, .paddedWeek, .paddedDay:
      number.digits.count < 2 ? [UInt8(ascii: "0")] + number.digits : number.digits
    default: number.digits
    }
  }
}
