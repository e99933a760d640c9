import GitModel

/// Counts a Clover report (SPECS.md 0 and 3.4): statements, conditions and methods by their line
/// elements, and the unique lines of all three. Metrics are what somebody claims, and are left out;
/// so is `testproject`, the code of the tests.
///
/// There are two dialects of a condition. Clover and OpenClover give no `count`: a condition has two
/// branches, and `truecount` and `falsecount` say how often each was taken. Istanbul gives a `count`,
/// and the two are how many branches were taken and how many were missed.
final class CloverReport: XMLHandler {
  private var tally: CoverageTally
  private var sawProject = false
  /// The depth of the open `testproject` and of the open file, 0 for none.
  private var testDepth = 0
  @exclusivity(unchecked) private var fileDepth = 0
  @exclusivity(unchecked) private var file = 0
  @exclusivity(unchecked) private var lines = LineTally()
  @exclusivity(unchecked) private var statements = Ratio.empty
  @exclusivity(unchecked) private var methods = Ratio.empty
  @exclusivity(unchecked) private var branches = Ratio.empty

  init(_ limits: ReportLimits) { tally = CoverageTally(limits) }

  var figures: CoverageFigures {
    var figures = CoverageFigures(detail: tally.detail)
    figures.branches = branches.isEmpty ? nil : branches
    figures.others = [.statements: statements, .functions: methods].filter { !$0.value.isEmpty }
    return figures
  }

  func start(
    _ element: XMLName, _ attributes: XMLAttributes, depth: Int
  ) throws(XMLRefusal) -> Bool {
    if testDepth > 0 { return false }
    if fileDepth > 0 {
      if element == "line" { try note(attributes) }
      if element == "file" { throw XMLRefusal(words: "holds a file inside a file") }
    } else if element == "file" {
      try open(attributes, depth: depth)
    } else if element == "project" {
      sawProject = true
    } else if element == "testproject" {
      testDepth = depth
    } else if element == "line" {
      throw XMLRefusal(words: "holds a line outside of a file")
    }
    return false
  }

  func end(depth: Int) {
    if depth == testDepth {
      testDepth = 0
    } else if depth == fileDepth {
      tally.exchange(file, with: &lines)
      fileDepth = 0
    }
  }

  func finish() throws(XMLRefusal) {
    if !sawProject {
      throw XMLRefusal(words: "is no coverage report that is read: <coverage> without <project>")
    }
  }

  private func open(_ attributes: XMLAttributes, depth: Int) throws(XMLRefusal) {
    var (path, name) = (Bytes(), Bytes())
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "path" {
        path = attribute.value.bytes(limit: CoverageTally.pathLimit + 1)
      } else if attribute.name == "name" {
        name = attribute.value.bytes(limit: CoverageTally.pathLimit + 1)
      }
    }
    if path.isEmpty { path = name }
    guard let opened = tally.open(path) else { throw XMLRefusal(words: tally.refusal(of: path)) }
    file = opened.index
    fileDepth = depth
    tally.exchange(file, with: &lines)
  }

  private func note(_ attributes: XMLAttributes) throws(XMLRefusal) {
    var number: Int?
    var isHit: Bool?
    var (whenTrue, whenFalse): (XMLValue?, XMLValue?)
    var type: XMLValue?
    var attributes = attributes
    while let attribute = attributes.next() {
      if attribute.name == "num" {
        number = attribute.value.lineNumber
        if number == nil { throw attribute.value.refusal(as: "line number") }
      } else if attribute.name == "count" {
        isHit = attribute.value.isPositive
        if isHit == nil { throw attribute.value.refusal(as: "hit count") }
      } else if attribute.name == "type" {
        type = attribute.value
      } else if attribute.name == "truecount" {
        whenTrue = attribute.value
      } else if attribute.name == "falsecount" {
        whenFalse = attribute.value
      }
    }
    guard let number, let type else {
      throw XMLRefusal(words: "holds a line without number and type")
    }
    switch String(decoding: type.bytes(limit: 10), as: UTF8.self) {
    case "stmt":
      statements = statements + Self.one(isHit)
    case "method":
      methods = methods + Self.one(isHit)
    case "cond":
      let pair = try Self.pair(whenTrue, whenFalse, isIstanbul: isHit != nil)
      branches = branches + pair
      lines.note(line: number, branches: pair)
      if isHit == nil { isHit = pair.covered > 0 }
    default: throw type.refusal(as: "type of line")
    }
    guard let isHit else { throw XMLRefusal(words: "holds a line without a count") }
    lines.note(line: number, isHit: isHit)
  }

  private static func one(_ isHit: Bool?) -> Ratio { Ratio(counted: isHit ?? false ? 1 : 0, of: 1) }

  private static func pair(
    _ whenTrue: XMLValue?, _ whenFalse: XMLValue?, isIstanbul: Bool
  ) throws(XMLRefusal) -> Ratio {
    guard let whenTrue, let whenFalse else {
      throw XMLRefusal(words: "holds a condition without its two counts")
    }
    if isIstanbul {
      guard let covered = whenTrue.count, let missed = whenFalse.count,
        covered + missed <= Ratio.partLimit
      else { throw (whenTrue.count == nil ? whenTrue : whenFalse).refusal(as: "count of branches") }
      return Ratio(counted: covered, of: covered + missed)
    }
    guard let isTrue = whenTrue.isPositive, let isFalse = whenFalse.isPositive else {
      throw (whenTrue.isPositive == nil ? whenTrue : whenFalse).refusal(as: "hit count")
    }
    return Ratio(counted: (isTrue ? 1 : 0) + (isFalse ? 1 : 0), of: 2)
  }
}
