import Foundation
import GitModel

@testable import Schedule

/// The operating system's zone data and its `date`, which the tests compare with.
enum SystemZones {
  static let directory = "/usr/share/zoneinfo/"

  static func bytes(_ path: String) throws -> [UInt8] {
    [UInt8](try Data(contentsOf: URL(fileURLWithPath: directory + path)))
  }

  static func zone(_ identifier: String) throws -> Zone {
    try Zone(identifier: identifier, tzif: bytes(identifier))
  }

  /// The names of all places, from zone1970.tab.
  static func all() throws -> [String] {
    let table = try String(contentsOfFile: directory + "zone1970.tab", encoding: .utf8)
    return table.split(separator: "\n").filter { !$0.hasPrefix("#") }
      .map { String($0.split(separator: "\t")[2]) }
  }

  /// What `TZ=zone date` prints for each instant, one line an instant.
  static func date(_ zone: String, _ instants: [Int64]) throws -> [String] {
    let input = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: input) }
    try Data(instants.map { "@\($0)\n" }.joined().utf8).write(to: input)
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/date")
    process.arguments = ["-f", input.path, "+%::z %Z %a %Y-%m-%dT%H:%M:%S"]
    process.environment = ["TZ": zone, "LC_ALL": "C"]
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let text = try output.fileHandleForReading.readToEnd() ?? Data()
    process.waitUntilExit()
    return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// What `date` would print, by gitrel's reader.
  static func line(_ zone: Zone, _ seconds: Int64) -> String {
    let instant = Instant(seconds: seconds)
    let offset = zone.offset(at: instant)
    let local = zone.local(at: instant)
    let size = abs(offset)
    let name = zone.abbreviation(at: instant)
    // Where nobody lived yet the time is called -00, and `date` prints the offset as negative zero.
    let isNegative = offset < 0 || offset == 0 && name.hasPrefix("-")
    return "\(isNegative ? "-" : "+")\(padded(size / 3600)):\(padded(size / 60 % 60)):"
      + "\(padded(size % 60)) \(name) \(local.date.weekday) "
      + "\(local.date)T\(padded(local.hour)):\(padded(local.minute)):\(padded(local.second))"
  }
}

/// SplitMix64: the same numbers on every run.
struct SeededGenerator: RandomNumberGenerator {
  var state: UInt64

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

extension Zone {
  /// The instant at which the clocks show `text`, the first one of two.
  func instant(_ text: String) throws -> Instant {
    switch instants(of: try LocalDateTime(text)) {
    case .one(let instant), .gap(after: let instant), .overlap(first: let instant, second: _):
      instant
    }
  }
}
