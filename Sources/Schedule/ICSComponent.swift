internal import GitModel

/// A component of an iCalendar file with the lines that are its own.
struct ICSComponent {
  /// `VEVENT`, `VTIMEZONE`, ...
  let name: String
  /// The line of its BEGIN.
  let line: Int
  private var lines: [ICSLine] = []
  /// The components inside.
  private(set) var parts: [ICSComponent] = []

  private init(name: String, line: Int) { (self.name, self.line) = (name, line) }

  /// How deep components may lie in one another.
  private static let maximumDepth = 8
  /// How many components a file may have.
  private static let maximumCount = 20_000

  /// The calendars of a file: at least one, each whole.
  static func calendars(of file: Bytes) throws(ICSFault) -> [ICSComponent] {
    var calendars: [ICSComponent] = []
    var open: [ICSComponent] = []
    var count = 0
    for line in try ICSLine.all(of: file) {
      let name = String(decoding: line.value.trimmed, as: UTF8.self).uppercased()
      switch line.name {
      case "BEGIN":
        guard !open.isEmpty || name == "VCALENDAR" else {
          throw ICSFault("starts with something else than BEGIN:VCALENDAR", line: line.line)
        }
        count += 1
        guard open.count < maximumDepth, count <= maximumCount else {
          throw ICSFault("has more components than are read", line: line.line)
        }
        open.append(ICSComponent(name: name, line: line.line))
      case "END":
        guard let last = open.popLast(), last.name == name else {
          throw ICSFault(
            "ends `\(Bytes(name.utf8).prefix(40).printable)`, which is not what is open",
            line: line.line)
        }
        if open.isEmpty { calendars.append(last) } else { open[open.count - 1].parts.append(last) }
      default:
        guard !open.isEmpty else {
          throw ICSFault("stands outside of BEGIN:VCALENDAR", line: line.line)
        }
        open[open.count - 1].lines.append(line)
      }
    }
    if let last = open.last {
      throw ICSFault(
        "BEGIN:\(Bytes(last.name.utf8).prefix(40).printable) has no END: the file is cut off",
        line: last.line)
    }
    guard !calendars.isEmpty else { throw ICSFault("it is no iCalendar file", line: 1) }
    return calendars
  }

  /// The lines called `name`.
  func all(_ name: String) -> [ICSLine] { lines.filter { $0.name == name } }

  /// The only line called `name`; nil when there is none.
  func one(_ name: String) throws(ICSFault) -> ICSLine? {
    let found = all(name)
    guard found.count <= 1 else {
      throw ICSFault("`\(name)` stands here again", line: found[1].line)
    }
    return found.first
  }

  func demand(_ name: String) throws(ICSFault) -> ICSLine {
    guard let line = try one(name) else {
      throw ICSFault("this \(self.name) has no \(name)", line: self.line)
    }
    return line
  }

  /// The text of the only line called `name`, for people; empty where there is none.
  func text(_ name: String) throws(ICSFault) -> String { try bytes(name).prefix(200).printable }

  /// The whole text of the only line called `name`, to be compared; empty where there is none.
  func bytes(_ name: String) throws(ICSFault) -> Bytes {
    guard let line = try one(name) else { return [] }
    var text = Bytes()
    var isEscaped = false
    for byte in line.value {
      if byte == UInt8(ascii: "\\"), !isEscaped {
        isEscaped = true
        continue
      }
      // `\n` is a line break in the text, and a summary is one line.
      let isBreak = isEscaped && (byte | 0x20) == UInt8(ascii: "n")
      text.append(isBreak ? UInt8(ascii: " ") : byte)
      isEscaped = false
    }
    return Bytes(text.trimmed)
  }
}

/// A day or a time as an iCalendar file writes it.
struct ICSTime: Hashable {
  /// What the clocks show; midnight for a day.
  let local: LocalDateTime
  /// Whether it is a whole day.
  let isDate: Bool
  /// Whether it is in UTC.
  let isUTC: Bool

  /// The time of a line that has one.
  init(_ line: ICSLine) throws(ICSFault) { try self.init(line.value, of: line) }

  /// The times of a line that has a list of them; an empty line has none.
  static func list(_ line: ICSLine) throws(ICSFault) -> [ICSTime] {
    guard !line.value.trimmed.isEmpty else { return [] }
    var times: [ICSTime] = []
    for item in line.value.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false) {
      times.append(try ICSTime(item, of: line))
    }
    return times
  }

  /// `20261224`, `20261224T090000` or `20261224T090000Z`, in `line`.
  init(_ text: BytesSlice, of line: ICSLine) throws(ICSFault) {
    let text = text.trimmed
    let fault = ICSFault(
      "`\(line.name):\(text.prefix(40).printable)` is no day and no time", line: line.line)
    isUTC = text.count == 16 && text.last == UInt8(ascii: "Z")
    let digits = isUTC ? text.dropLast() : text
    isDate = digits.count == 8
    let start = digits.startIndex
    guard isDate || digits.count == 15 && digits[start + 8] == UInt8(ascii: "T"),
      let year = number(digits.prefix(4)), 1600...2500 ~= year,
      let month = number(digits[start + 4..<start + 6]),
      let day = number(digits[start + 6..<start + 8]),
      let date = LocalDate(year: year, month: month, day: day),
      let time = isDate ? 0 : number(digits.suffix(6)), time % 100 < 60, time / 100 % 100 < 60,
      let local = LocalDateTime(
        date: date, secondOfDay: time / 10_000 * 3600 + time / 100 % 100 * 60 + time % 100)
    else { throw fault }
    self.local = local
  }
}
