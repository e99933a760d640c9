import GitModel

/// Counts the test points of a TAP document, versions 12 to 14 (SPECS.md 2.2).
///
/// The unit is the point at the top level: an indented document is a subtest, whose result its
/// parent's point carries. A point whose directive is SKIP is skipped; a failing one whose directive
/// is TODO is skipped too, because it was expected to fail. Whatever keeps the document from being
/// whole is an error of the suite: no plan, two plans, another count than planned, a number outside
/// the plan, points after a plan at the end, `Bail out!`, a last line that does not end.
struct TAPReport {
  private(set) var figures = TestFigures()

  /// What was read, as it stands there.
  private(set) var tally = Tally()

  /// Points and directives at the top level.
  struct Tally: Hashable {
    var version: Int?
    var plan: Int?
    /// Points that say `ok` and `not ok`, directives or not.
    var (ok, notOK) = (0, 0)
    /// Points with a directive.
    var (skip, todo) = (0, 0)
    var yamlBlocks = 0
    /// Points whose number the plan does not have.
    var outsidePlan = 0
    var pointsAfterPlan = 0
    var bailedOut = false

    var points: Int { ok + notOK }
  }

  /// A plan of more tests than this is none.
  private static let planLimit = 1_000_000_000

  private var hasTrailingPlan = false
  private var planFaults: [String] = []
  private var numbers = PointNumbers()
  /// The indentation of the point before, whose diagnostics may follow.
  private var pointIndent: Int?
  /// The indentation of the YAML that is open.
  private var yamlIndent: Int?

  /// Whether a line is one that only TAP has: a version, a plan or a test point.
  static func isTelling(_ line: BytesSlice) -> Bool {
    var rest = TAPText(line)
    return version(of: line) != nil || plan(in: line) != nil || point(&rest) != nil
  }

  /// Reads a document to its end.
  init(_ lines: inout LineReader) throws(ReportFault) {
    while let line = try lines.next() {
      take(line[...])
      if tally.bailedOut { break }
    }
    finish(isTerminated: lines.isTerminated)
    // What follows must still be within the limits.
    while try lines.next() != nil {}
  }

  private mutating func take(_ line: BytesSlice) {
    let indent = line.prefix { $0 == UInt8(ascii: " ") }.count
    let body = line.dropFirst(indent)
    guard !body.isEmpty else { return }
    if let yaml = yamlIndent {
      if indent >= yaml {
        if indent == yaml, body.elementsEqual("...".utf8) { yamlIndent = nil }
        return
      }
      // What is indented less is none of it, whether it has ended or not.
      yamlIndent = nil
    }
    if let point = pointIndent, indent == point + 2, body.elementsEqual("---".utf8) {
      yamlIndent = indent
      if indent == 2 { tally.yamlBlocks += 1 }
      return
    }
    if indent % 4 == 0, body.starts(with: "Bail out!".utf8) {
      tally.bailedOut = true
      return
    }
    var text = TAPText(body)
    if let isOK = Self.point(&text) {
      pointIndent = indent
      if indent == 0 { count(isOK, text) }
    } else if indent == 0 {
      if body.first != UInt8(ascii: "#") { pointIndent = nil }
      if let plan = Self.plan(in: body) {
        count(plan: plan)
      } else if tally.version == nil, let version = Self.version(of: body) {
        tally.version = version
      }
    }
  }

  private mutating func count(plan: Int) {
    guard tally.plan == nil else {
      planFaults.append("there are two plans")
      return
    }
    tally.plan = plan
    hasTrailingPlan = tally.points > 0
  }

  private mutating func count(_ isOK: Bool, _ text: TAPText) {
    var text = text
    let number = text.number()
    let (description, directive) = text.description()
    if isOK { tally.ok += 1 } else { tally.notOK += 1 }
    if hasTrailingPlan { tally.pointsAfterPlan += 1 }
    numbers.add(number)
    switch directive {
    case .skip:
      tally.skip += 1
      figures.skipped += 1
    case .todo:
      tally.todo += 1
      if isOK { figures.passed += 1 } else { figures.skipped += 1 }
    case nil:
      if isOK {
        figures.passed += 1
      } else {
        figures.failed += 1
        let name = description.isEmpty ? Bytes("test \(tally.points)".utf8) : description
        figures.note(failing: TestName(classname: [], name: name))
      }
    }
  }

  private mutating func finish(isTerminated: Bool) {
    var faults = planFaults.isEmpty ? [] : [planFaults[0]]
    if tally.bailedOut { faults.append("the run bailed out") }
    if let plan = tally.plan {
      if plan != tally.points {
        faults.append("\(plan) tests are planned, \(tally.points) are there")
      }
      tally.outsidePlan = numbers.count(above: plan)
      if tally.outsidePlan > 0 {
        faults.append("\(tally.outsidePlan) tests have a number outside the plan")
      }
      if tally.pointsAfterPlan > 0 {
        faults.append("\(tally.pointsAfterPlan) tests come after a plan that closes the run")
      }
    } else if !tally.bailedOut {
      faults.append("there is no plan")
    }
    if yamlIndent != nil || !isTerminated { faults.append("the document is cut short") }
    figures.suiteErrors = faults.count
    for fault in faults { figures.note(failing: TestName(classname: [], name: Bytes(fault.utf8))) }
  }

  // MARK: - Lines

  private static func version(of line: BytesSlice) -> Int? {
    let prefix = "TAP version ".utf8
    guard line.starts(with: prefix) else { return nil }
    return Int(String(decoding: line.dropFirst(prefix.count).trimmed, as: UTF8.self))
  }

  /// `1..N`, and nothing behind it but a comment.
  private static func plan(in line: BytesSlice) -> Int? {
    guard line.starts(with: "1..".utf8) else { return nil }
    let digits = line.dropFirst(3).prefix { $0.isASCIIDigit }
    let rest = line[digits.endIndex...].drop { $0.isASCIISpace }
    guard !digits.isEmpty, rest.isEmpty || rest.first == UInt8(ascii: "#"),
      let count = Int(String(decoding: digits, as: UTF8.self)), count <= planLimit
    else { return nil }
    return count
  }

  /// Whether `text` begins with `ok` (true) or `not ok` (false), which it then no longer does.
  private static func point(_ text: inout TAPText) -> Bool? {
    let isOK = !text.take("not ")
    guard text.take("ok"), text.isAtWordEnd else { return nil }
    return isOK
  }
}

/// The numbers of points, to be held against a plan that may be the last line; a point without one has
/// that behind the point before. What is numbered as it stands needs no memory.
private struct PointNumbers {
  private static let kept = 100_000

  private var points = 0
  private var last = 0
  /// Those that are not numbered as they stand.
  private var odd: [(position: Int, number: Int)] = []
  /// Those that are too many to keep.
  private var outside = 0

  mutating func add(_ number: Int?) {
    points += 1
    let number = number ?? (last == .max ? .max : last + 1)
    last = number
    guard number != points else { return }
    if odd.count >= Self.kept {
      outside += 1
    } else {
      // No plan has 0.
      odd.append((points, number < 1 ? .max : number))
    }
  }

  func count(above plan: Int) -> Int {
    max(0, points - plan) - odd.count { $0.position > plan } + odd.count { $0.number > plan }
      + outside
  }
}

/// The rest of a line that is being read.
private struct TAPText {
  enum Directive { case skip, todo }

  private var rest: BytesSlice

  init(_ line: BytesSlice) { rest = line }

  mutating func take(_ prefix: String) -> Bool {
    guard rest.starts(with: prefix.utf8) else { return false }
    rest = rest.dropFirst(prefix.utf8.count)
    return true
  }

  var isAtWordEnd: Bool {
    guard let next = rest.first else { return true }
    return
      !(next.isASCIIDigit || next == UInt8(ascii: "_") || next >= 0x80
      || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(next | 0x20))
  }

  private mutating func skipSpace() { rest = rest.drop { $0.isASCIISpace } }

  /// The number of a point; nil where there is none. One that no plan can have is `Int.max`.
  mutating func number() -> Int? {
    skipSpace()
    let digits = rest.prefix { $0.isASCIIDigit }
    guard !digits.isEmpty else { return nil }
    rest = rest[digits.endIndex...]
    return Int(String(decoding: digits, as: UTF8.self)) ?? .max
  }

  /// The description and the directive behind it: `#`, after white space or at the start, then SKIP
  /// or TODO in any case, whatever letters follow.
  mutating func description() -> (Bytes, Directive?) {
    skipSpace()
    if take("-") { skipSpace() }
    var place = rest.startIndex
    while let hash = rest[place...].firstIndex(of: UInt8(ascii: "#")) {
      if hash == rest.startIndex || rest[hash - 1].isASCIISpace,
        let directive = Self.directive(rest[(hash + 1)...])
      {
        return (Bytes(rest[..<hash].trimmed), directive)
      }
      place = hash + 1
    }
    return (Bytes(rest.trimmed), nil)
  }

  private static func directive(_ text: BytesSlice) -> Directive? {
    let word = Bytes(text.drop { $0.isASCIISpace }.prefix(4)).asciiLowercased
    if word.elementsEqual("skip".utf8) { return .skip }
    return word.elementsEqual("todo".utf8) ? .todo : nil
  }
}
