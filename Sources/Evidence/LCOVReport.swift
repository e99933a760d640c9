import GitModel

/// Counts an LCOV tracefile (SPECS.md 0 and 3.3): lines by their `DA` records, branches by `BRDA`.
///
/// A file that comes in many records is merged: hit if one of them says so. `LH` and `LF` count only
/// for a file without any `DA`, which is what a summary is; its lines are then unknown. A branch that
/// was excluded (`U`) is none. A record that does not end was cut short. Nothing is skipped silently:
/// a record that is not known, or makes no sense, is a fault.
struct LCOVReport {
  /// A branch of a line: lcov tells them apart by block and name, both free text.
  private struct Arm: Hashable {
    let line: Int32
    let name: Bytes
  }

  private struct File {
    var hasLines = false
    /// `LH` of `LF`, the largest of all records.
    var claim = Ratio.empty
    var arms: [Arm: Bool] = [:]
  }

  private let limits: ReportLimits
  private var tally: CoverageTally
  private var files: [File] = []
  /// The file of the open record; nil between records.
  private var open: Int?
  private var lines = LineTally()
  private var (found, hit): (Int?, Int?)
  private var arms = 0

  private static let lineRecord = Bytes("DA:".utf8)
  /// Records about functions and the like, which are not counted.
  private static let ignored: Set<Bytes> = Set(
    ["VER", "FN", "FNDA", "FNL", "FNA", "FNF", "FNH", "BRF", "BRH", "MCDC", "MCF", "MCH"].map {
      Bytes($0.utf8)
    })

  /// Reads a tracefile to its end.
  init(_ lines: inout LineReader, limits: ReportLimits) throws(ReportFault) {
    self.limits = limits
    tally = CoverageTally(limits)
    while let line = try lines.next() {
      var line = line[...]
      if lines.number == 1, line.starts(with: [0xEF, 0xBB, 0xBF]) { line = line.dropFirst(3) }
      line = line.trimmed
      if line.isEmpty || line.first == UInt8(ascii: "#") { continue }
      if let words = take(line) { throw lines.fault(words) }
    }
    guard open == nil else { throw lines.fault("is cut short: its last record does not end") }
    guard !files.isEmpty else { throw lines.fault("holds no record of a source file") }
  }

  var figures: CoverageFigures {
    var tally = tally
    for (file, state) in files.enumerated() {
      var sums: [Int32: Ratio] = [:]
      for (arm, isTaken) in state.arms {
        sums[arm.line, default: .empty] =
          sums[arm.line, default: .empty] + Ratio(counted: isTaken ? 1 : 0, of: 1)
      }
      for (line, sum) in sums { tally.note(file, line: Int(line), branches: sum) }
    }
    var figures = CoverageFigures(detail: tally.detail)
    let branches = files.reduce(Ratio.empty) { sum, file in
      sum + Ratio(counted: file.arms.values.count { $0 }, of: file.arms.count)
    }
    figures.branches = branches.isEmpty ? nil : branches
    for (path, file) in tally.byPath(files) where !file.hasLines && !file.claim.isEmpty {
      figures.files[path] = file.claim
      figures.lines = figures.lines + file.claim
    }
    return figures
  }

  /// Takes a line; answers what is wrong with it.
  private mutating func take(_ line: BytesSlice) -> String? {
    // Most lines of a tracefile are these.
    if let open, line.starts(with: Self.lineRecord) { return note(line.dropFirst(3), open) }
    let colon = line.firstIndex(of: UInt8(ascii: ":")) ?? line.endIndex
    let value = line[colon...].dropFirst()
    switch Bytes(line[..<colon]) {
    case "TN": return nil
    case "SF": return begin(Bytes(value))
    case "end_of_record": return end()
    case let name:
      guard let open else {
        return "holds '\(Bytes(line.prefix(40)).printable)' outside of the record of a source file"
      }
      switch name {
      case "BRDA": return noteBranch(value, open)
      case "LF":
        found = Decimal.count(value)
        return found == nil ? Self.refusal(of: line) : nil
      case "LH":
        hit = Decimal.count(value)
        return hit == nil ? Self.refusal(of: line) : nil
      default: return Self.ignored.contains(name) ? nil : Self.refusal(of: line)
      }
    }
  }

  private static func refusal(of line: BytesSlice) -> String {
    "holds '\(Bytes(line.prefix(40)).printable)', which is no record of LCOV"
  }

  private mutating func begin(_ path: Bytes) -> String? {
    guard open == nil else { return "begins a record before the one before it has ended" }
    guard let opened = tally.open(path) else { return tally.refusal(of: path) }
    open = opened.index
    tally.exchange(opened.index, with: &lines)
    if !opened.isKnown { files.append(File()) }
    (found, hit) = (nil, nil)
    return nil
  }

  private mutating func end() -> String? {
    guard let open else { return "ends a record that has not begun" }
    self.open = nil
    tally.exchange(open, with: &lines)
    let (all, some) = (found ?? 0, hit ?? 0)
    guard all <= Ratio.partLimit, let claim = Ratio(covered: some, valid: all) else {
      return "makes no sense: \(some) lines hit of \(all) found"
    }
    if claim.valid > files[open].claim.valid { files[open].claim = claim }
    return nil
  }

  /// `<line>,<count>[,<digest>]`
  private mutating func note(_ value: BytesSlice, _ open: Int) -> String? {
    let comma = UInt8(ascii: ",")
    let numberEnd = value.firstIndex(of: comma) ?? value.endIndex
    let rest = value[numberEnd...].dropFirst()
    guard let line = Decimal.line(value[..<numberEnd]),
      let isHit = Decimal.isPositive(rest.prefix { $0 != comma })
    else { return Self.refusal(of: Bytes("DA:".utf8) + value) }
    lines.note(line: line, isHit: isHit)
    files[open].hasLines = true
    return nil
  }

  /// `<line>,[e][f][U]<block>,<branch>,<taken>`: the branch is free text that may hold commas, so the
  /// block is taken from the left and the count from the right.
  private mutating func noteBranch(_ value: BytesSlice, _ open: Int) -> String? {
    let comma = UInt8(ascii: ",")
    let refusal = Self.refusal(of: Bytes("BRDA:".utf8) + value)
    guard let numberEnd = value.firstIndex(of: comma), let takenStart = value.lastIndex(of: comma),
      let line = Decimal.line(value[..<numberEnd])
    else { return refusal }
    let taken = value[takenStart...].dropFirst()
    guard let isTaken = taken.elementsEqual("-".utf8) ? false : Decimal.isPositive(taken),
      numberEnd < takenStart
    else { return refusal }
    let name = value[(numberEnd + 1)..<takenStart]
    guard let blockEnd = name.firstIndex(of: comma) else { return refusal }
    guard !name[..<blockEnd].contains(UInt8(ascii: "U")) else { return nil }
    let arm = Arm(line: Int32(truncatingIfNeeded: line), name: Bytes(name))
    let before = files[open].arms.updateValue(isTaken, forKey: arm)
    if let before {
      files[open].arms[arm] = before || isTaken
    } else {
      arms += 1
    }
    return arms > limits.parts ? "names more than \(limits.parts) branches" : nil
  }
}
