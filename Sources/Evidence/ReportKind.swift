public import GitModel

/// What a report is, told by its content and never by its name.
public enum ReportKind: Hashable, Sendable {
  /// JUnit XML of any producer (SPECS.md 2.1).
  case junit
  /// Cobertura XML (SPECS.md 3.1).
  case cobertura
  /// JaCoCo XML (SPECS.md 3.2).
  case jacoco
  /// Clover XML (SPECS.md 3.4).
  case clover
  /// An LCOV tracefile (SPECS.md 3.3).
  case lcov
  /// What `llvm-cov export` writes (SPECS.md 3.5).
  case llvmCov
  /// The JSON report of coverage.py (SPECS.md 3.6).
  case coveragePy
  /// Istanbul's `coverage-final.json` (SPECS.md 3.7).
  case istanbul
  /// Istanbul's `coverage-summary.json` (SPECS.md 3.7).
  case istanbulSummary
  /// A cover profile of Go (SPECS.md 3.8).
  case goCover
  /// CycloneDX XML (SPECS.md 4.2).
  case cycloneDX
  /// A format that is recognised and not read, by its usual name.
  case unread(String)
  /// An XML document with a root element that no known report has.
  case unknown(root: Bytes)

  /// The kind of an XML document with this root element, its namespace prefix dropped.
  ///
  /// `coverage` is the root of Cobertura, Clover and SonarQube's generic format too; they are told
  /// apart by its first child, `init(coverageChild:)`.
  public init(root: Bytes) {
    switch String(decoding: root, as: UTF8.self) {
    case "testsuites", "testsuite", "testrun": self = .junit
    case "coverage": self = .cobertura
    case "report": self = .jacoco
    case "test-results": self = .unread("NUnit 2")
    case "test-run": self = .unread("NUnit 3")
    case "TestRun": self = .unread("Visual Studio TRX")
    case "assemblies", "assembly": self = .unread("xUnit.net")
    case "Site": self = .unread("CTest's own XML")
    case "CoverageSession": self = .unread("OpenCover")
    case "Root": self = .unread("dotCover")
    case "testExecutions": self = .unread("SonarQube's generic tests")
    case "checkstyle": self = .unread("Checkstyle")
    case "bom": self = .cycloneDX
    default: self = .unknown(root: root)
    }
  }

  /// The kind of an XML document whose root is `coverage`, by the first element in it.
  init(coverageChild child: Bytes) {
    switch String(decoding: child, as: UTF8.self) {
    case "project", "testproject": self = .clover
    case "file": self = .unread("SonarQube's generic coverage")
    default: self = .cobertura
    }
  }

  /// What the kind is called in a sentence.
  public var name: String {
    switch self {
    case .junit: return "JUnit XML, a test report"
    case .cobertura: return "Cobertura XML, a coverage report"
    case .jacoco: return "JaCoCo XML, a coverage report"
    case .clover: return "Clover XML, a coverage report"
    case .lcov: return "LCOV, a coverage report"
    case .llvmCov: return "an export of llvm-cov, a coverage report"
    case .coveragePy: return "JSON of coverage.py, a coverage report"
    case .istanbul: return "JSON of Istanbul, a coverage report"
    case .istanbulSummary: return "a summary of Istanbul, a coverage report"
    case .goCover: return "a cover profile of Go, a coverage report"
    case .cycloneDX: return "CycloneDX, a scan report"
    case .unread(let name): return "\(name), which is not read"
    case .unknown(let root): return "unknown XML with the root <\(root.printable)>"
    }
  }
}

extension ReportKind {
  /// The refusal of a document given where another kind was wanted.
  func refusal(wanted: String) -> XMLRefusal {
    if case .unknown(let root) = self {
      let shown = Bytes(root.prefix(80)).printable
      return XMLRefusal(words: "is no \(wanted): its root element is <\(shown)>")
    }
    return XMLRefusal(words: "is no \(wanted): it looks like \(name)")
  }
}
