public import GitModel

/// What a report is, told by its content and never by its name.
public enum ReportKind: Hashable, Sendable {
  /// JUnit XML of any producer (SPECS.md 2.1).
  case junit
  /// Cobertura XML (SPECS.md 3.1).
  case cobertura
  /// A format that is recognised and not read, by its usual name.
  case unread(String)
  /// An XML document with a root element that no known report has.
  case unknown(root: Bytes)

  /// The kind of an XML document with this root element, its namespace prefix dropped.
  ///
  /// `coverage` is the root of Cobertura, Clover and SonarQube's generic format; the reader of
  /// Cobertura tells them apart by the first child.
  public init(root: Bytes) {
    switch String(decoding: root, as: UTF8.self) {
    case "testsuites", "testsuite", "testrun": self = .junit
    case "coverage": self = .cobertura
    case "report": self = .unread("JaCoCo")
    case "test-results": self = .unread("NUnit 2")
    case "test-run": self = .unread("NUnit 3")
    case "TestRun": self = .unread("Visual Studio TRX")
    case "assemblies", "assembly": self = .unread("xUnit.net")
    case "Site": self = .unread("CTest's own XML")
    case "CoverageSession": self = .unread("OpenCover")
    case "Root": self = .unread("dotCover")
    case "testExecutions": self = .unread("SonarQube's generic tests")
    case "checkstyle": self = .unread("Checkstyle")
    case "bom": self = .unread("CycloneDX")
    default: self = .unknown(root: root)
    }
  }

  /// What the kind is called in a sentence.
  public var name: String {
    switch self {
    case .junit: return "JUnit XML, a test report"
    case .cobertura: return "Cobertura XML, a coverage report"
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
