import GitModel

/// Counts the tests in the events of `go test -json` (SPECS.md 2.3; `go doc test2json`).
///
/// The unit is the leaf: a test with subtests is their sum. The last end of a test and of a package
/// counts, so that a rerun stands for what it ran again. A test without an end has not passed, nor has
/// a package without one; a package that failed for another reason than failing tests stays failed.
struct GoTestReport {
  /// How long the name of a test or a package may be, and how many bytes all of them may have.
  private static let (nameLimit, namesLimit) = (4096, 256 << 20)
  /// How deep subtests may nest.
  private static let depthLimit = 128

  private(set) var figures = TestFigures()
  private(set) var tally = Tally()

  /// What was read, as it stands there.
  struct Tally: Hashable {
    /// Tests of any depth, and how they ended.
    var (tests, passed, failed, skipped, unfinished) = (0, 0, 0, 0, 0)
    var (leaves, failedLeaves) = (0, 0)
    /// Packages with an end, by what it was.
    var (passedPackages, failedPackages, skippedPackages) = (0, 0, 0)
    var unfinishedPackages = 0
    /// Lines that are no JSON.
    var foreignLines = 0
  }

  private enum End { case pass, fail, skip }

  private struct Test {
    let package: Int
    let name: Bytes
    var end: End?
    var hasFailed = false
    var hasSubtests = false
    var hasBadSubtest = false

    var isBad: Bool { end == nil || end == .fail }
  }

  private struct Package {
    let name: Bytes
    var end: End?
    /// Whether a test of it failed since its last end, and how many have begun and not ended.
    var hasFailure = false
    var open = 0
    /// Whether it failed and no failing test says why.
    var failedByItself = false
  }

  private struct TestKey: Hashable {
    let package: Int
    let name: Bytes
  }

  private var tests: [Test] = []
  private var testsByKey: [TestKey: Int] = [:]
  private var packages: [Package] = []
  private var packagesByName: [Bytes: Int] = [:]
  private var failedBuilds: Set<Bytes> = []
  private var nameBytes = 0
  private let maximumTests: Int

  /// Reads all events.
  init(_ lines: inout LineReader, maximumTests: Int) throws(ReportFault) {
    self.maximumTests = maximumTests
    while let line = try lines.next() {
      guard line.first == UInt8(ascii: "{") else {
        if !line.isEmpty { tally.foreignLines += 1 }
        continue
      }
      try take(line, lines)
    }
    finish()
  }

  private mutating func take(_ line: Bytes, _ lines: borrowing LineReader) throws(ReportFault) {
    let event: JSONValue
    do throws(JSONFault) {
      event = try JSONValue(parsing: line, limits: JSONLimits(bytes: line.count))
    } catch {
      throw lines.fault("is no JSON event of `go test -json`: \(error.words)", column: error.column)
    }
    guard let action = event["Action"]?.string else {
      throw lines.fault("is no JSON event of `go test -json`: it has no Action")
    }
    let name = try name("Package", in: event, lines) ?? []
    switch String(decoding: action, as: UTF8.self) {
    case "build-fail":
      guard let path = try self.name("ImportPath", in: event, lines) else {
        throw lines.fault("is no JSON event of `go test -json`: a build without ImportPath")
      }
      failedBuilds.insert(path)
    case "build-output": break
    case let action:
      let package = try package(name, lines)
      let end: End? =
        switch action {
        case "pass", "bench": .pass
        case "fail": .fail
        case "skip": .skip
        default: nil
        }
      if let test = try self.name("Test", in: event, lines), !test.isEmpty {
        try take(action, end, of: test, in: package, lines)
      } else if let end {
        take(end, of: package, failedBuild: try self.name("FailedBuild", in: event, lines))
      }
    }
  }

  private mutating func take(
    _ action: String, _ end: End?, of name: Bytes, in package: Int, _ lines: borrowing LineReader
  ) throws(ReportFault) {
    let key = TestKey(package: package, name: name)
    let index: Int
    if let known = testsByKey[key] {
      index = known
    } else {
      index = tests.count
      guard index < maximumTests else {
        throw lines.fault("names more than \(maximumTests) tests")
      }
      guard name.count(where: { $0 == UInt8(ascii: "/") }) < Self.depthLimit else {
        throw lines.fault("nests subtests deeper than \(Self.depthLimit) levels")
      }
      nameBytes += name.count
      testsByKey[key] = index
      tests.append(Test(package: package, name: name))
      if end == nil { packages[package].open += 1 }
      try checkNames(lines)
      return apply(end, to: index)
    }
    if action == "run", tests[index].end != nil {
      // It runs again, and until it ends it has not passed.
      tests[index].end = nil
      packages[package].open += 1
    } else if end != nil, tests[index].end == nil {
      packages[package].open -= 1
    }
    apply(end, to: index)
  }

  private mutating func apply(_ end: End?, to index: Int) {
    guard let end else { return }
    tests[index].end = end
    if end == .fail {
      tests[index].hasFailed = true
      packages[tests[index].package].hasFailure = true
    }
  }

  private mutating func take(_ end: End, of package: Int, failedBuild: Bytes?) {
    packages[package].end = end
    if end == .fail, !packages[package].hasFailure || packages[package].open > 0 {
      packages[package].failedByItself = true
    }
    packages[package].hasFailure = false
    if let failedBuild { failedBuilds.remove(failedBuild) }
  }

  // MARK: - Names

  private func name(
    _ member: String, in event: JSONValue, _ lines: borrowing LineReader
  ) throws(ReportFault) -> Bytes? {
    guard let value = event[member] else { return nil }
    guard let name = value.string else {
      throw lines.fault("is no JSON event of `go test -json`: its \(member) is no string")
    }
    guard name.count <= Self.nameLimit else {
      throw lines.fault("has a name longer than \(Self.nameLimit) bytes")
    }
    return name
  }

  private mutating func package(
    _ name: Bytes, _ lines: borrowing LineReader
  ) throws(ReportFault) -> Int {
    if let known = packagesByName[name] { return known }
    guard packages.count < maximumTests else {
      throw lines.fault("names more than \(maximumTests) packages")
    }
    nameBytes += name.count
    try checkNames(lines)
    packagesByName[name] = packages.count
    packages.append(Package(name: name))
    return packages.count - 1
  }

  private func checkNames(_ lines: borrowing LineReader) throws(ReportFault) {
    guard nameBytes <= Self.namesLimit else {
      throw lines.fault("has more than \(Self.namesLimit) bytes of names")
    }
  }

  // MARK: - The end

  private mutating func finish() {
    markParents()
    var badInPackage = Set<Int>()
    var suites = Array(repeating: SuiteCount(), count: packages.count)
    for test in tests {
      tally.tests += 1
      switch test.end {
      case .pass: tally.passed += 1
      case .fail: tally.failed += 1
      case .skip: tally.skipped += 1
      case nil: tally.unfinished += 1
      }
      let name = TestName(classname: packages[test.package].name, name: test.name)
      if test.isBad { badInPackage.insert(test.package) }
      guard !test.hasSubtests else {
        // What failed beside its subtests.
        if test.isBad, !test.hasBadSubtest {
          figures.suiteErrors += 1
          figures.note(failing: name)
        }
        continue
      }
      tally.leaves += 1
      suites[test.package].tests += 1
      if test.end != .skip { suites[test.package].ran += 1 }
      if test.isBad { figures.note(failing: name) }
      switch test.end {
      case .pass:
        figures.passed += 1
        if test.hasFailed { figures.flakyPassed += 1 }
      case .fail:
        figures.failed += 1
        tally.failedLeaves += 1
      case .skip: figures.skipped += 1
      case nil: figures.errored += 1
      }
    }
    for (index, package) in packages.enumerated() {
      switch package.end {
      case .pass: tally.passedPackages += 1
      case .fail: tally.failedPackages += 1
      case .skip: tally.skippedPackages += 1
      case nil: tally.unfinishedPackages += 1
      }
      let isExplained = badInPackage.contains(index) && !package.failedByItself
      if package.end == nil || package.failedByItself || package.end == .fail && !isExplained {
        figures.suiteErrors += 1
        figures.note(failing: TestName(classname: package.name, name: []))
      }
      figures.suites += 1
      if suites[index].tests > 0 { figures.note(suite: package.name, suites[index]) }
    }
    for build in failedBuilds.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      figures.suiteErrors += 1
      figures.note(failing: TestName(classname: build, name: Bytes("does not build".utf8)))
    }
  }

  /// `a/b` is a subtest of `a`, whether or not `a` has events of its own.
  private mutating func markParents() {
    for index in tests.indices {
      let test = tests[index]
      var name = test.name[...]
      while let slash = name.lastIndex(of: UInt8(ascii: "/")) {
        name = name[..<slash]
        guard let parent = testsByKey[TestKey(package: test.package, name: Bytes(name))] else {
          continue
        }
        tests[parent].hasSubtests = true
        if test.isBad { tests[parent].hasBadSubtest = true }
      }
    }
  }
}
