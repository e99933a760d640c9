import Foundation
import GitrelTestSupport
import Testing

/// Every file of `Tests/Scenarios` is one test: a push is the test, through the hooks as installed.
///
/// `RECORD_SNAPSHOTS=1` (or `=approve,window`, for these alone) writes what is printed now into the
/// files, and fails, so that a machine never blesses its own output: read `git diff Tests/Scenarios`, then run again.
@Suite struct ScenarioTests {
  @Test(arguments: Scenario.all)
  func plays(_ scenario: Scenario) throws {
    let stage = try Stage()
    let outputs = try stage.play(scenario)
    let told = scenario.text(scenario.steps.map(\.output))
    let played = scenario.text(outputs)
    if ProcessInfo.processInfo.environment["RECORD_SNAPSHOTS"] != nil {
      try write(played, to: scenario.path)
      Issue.record("recorded \(scenario.path); read it, then run again")
    } else if told != played {
      let difference = try stage.difference(told, played, path: scenario.path)
      Issue.record("\(scenario.testDescription)\n\(difference)")
    }
  }

  @Test func thereAreScenarios() {
    #expect(Scenario.all.count > 40)
    for scenario in Scenario.all {
      #expect(!scenario.steps.isEmpty, "\(scenario.path) tells nothing")
      #expect(scenario.head.first?.hasPrefix("# ") ?? false, "\(scenario.path): say what it shows")
      for line in scenario.head where line.hasPrefix("without: ") {
        let parts = line.dropFirst("without: ".count).split(separator: ",")
        #expect(parts.count == scenario.without.count, "\(scenario.path): \(line)")
      }
    }
  }
}
