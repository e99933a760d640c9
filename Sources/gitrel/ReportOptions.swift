import ArgumentParser
import Engine
import GitModel

/// The options that name report files.
struct ReportOptions: ParsableArguments {
  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp(
      "Test reports (JUnit XML, TAP, `go test -json`); `*` and `**` in quotes.", valueName: "glob"))
  var tests: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Coverage reports (Cobertura, JaCoCo, LCOV and more).", valueName: "file"))
  var coverage: [String] = []

  @Option(
    parsing: .upToNextOption,
    help: ArgumentHelp("Reports of scanners (SARIF, CycloneDX).", valueName: "file"))
  var scan: [String] = []

  @Option(help: ArgumentHelp("The suite that the reports are of.", valueName: "name"))
  var suite: String = "default"

  /// The figures of the named files; nil when none is named.
  func read(recorded: Instant) throws -> HandedReports? {
    guard !(tests + coverage + scan).isEmpty else { return nil }
    return try Workplace.engine { () throws(EngineFault) in
      try HandedReports(
        tests: tests, coverage: coverage, scan: scan, suite: suite, recorded: recorded)
    }
  }
}
