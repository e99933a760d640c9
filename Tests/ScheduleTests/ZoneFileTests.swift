import GitModel
import Testing

@testable import Schedule

@Suite("Zone files that are broken")
struct ZoneFileTests {
  /// Uses all that a zone can do, so that a trap would show.
  private func exercise(_ bytes: [UInt8]) {
    guard let zone = try? Zone(identifier: "Test/Zone", tzif: bytes) else { return }
    let calendar = Calendar(
      name: "c", zone: zone,
      allow: [try? TimeWindow(days: "Mon", hours: "09:00-10:00")].compactMap(\.self),
      freezes: [
        try? Freeze(id: "f", from: "2026-01-01T00:00", until: "2027-01-01T00:00", reason: "r")
      ].compactMap(\.self))
    for seconds in [Int64.min, -5_000_000_000, 0, 1_790_000_000, 5_000_000_000, Int64.max] {
      _ = SystemZones.line(zone, seconds)
      _ = zone.instants(of: zone.local(at: Instant(seconds: seconds)))
      _ = calendar.state(at: Instant(seconds: seconds))
    }
    _ = calendar.problems
  }

  @Test(arguments: ["Europe/London", "Australia/Lord_Howe", "Africa/Casablanca"])
  func bitFlips(_ identifier: String) throws {
    let original = try SystemZones.bytes(identifier)
    var generator = SeededGenerator(state: 1)
    for _ in 0..<400 {
      var bytes = original
      for _ in 0..<Int.random(in: 1...8, using: &generator) {
        bytes[Int.random(in: bytes.indices, using: &generator)] ^=
          1 << UInt8.random(in: 0...7, using: &generator)
      }
      exercise(bytes)
    }
    // Headers and footers are where it hurts.
    let edges = Array(0..<44) + Array(original.count - 30..<original.count)
    for index in edges {
      for value in [UInt8(0), 1, 0x2C, 0x7F, 0x80, 0xFF] {
        var bytes = original
        bytes[index] = value
        exercise(bytes)
      }
    }
  }

  @Test(arguments: ["Europe/London", "Pacific/Apia"])
  func truncations(_ identifier: String) throws {
    let original = try SystemZones.bytes(identifier)
    for count in 0..<original.count {
      #expect(throws: ZoneFault.self) {
        try Zone(identifier: identifier, tzif: Array(original.prefix(count)))
      }
    }
    #expect(throws: ZoneFault.self) { try Zone(identifier: identifier, tzif: original + [0]) }
    #expect(throws: ZoneFault.self) {
      try Zone(identifier: identifier, tzif: [UInt8](repeating: 0, count: 1 << 20))
    }
  }

  @Test
  func versionOneHasNoFooter() throws {
    var bytes = try SystemZones.bytes("Europe/London")
    bytes[4] = 0
    let old = try Zone(identifier: "Europe/London", tzif: bytes)
    let new = try SystemZones.zone("Europe/London")
    for seconds in stride(from: Int64(0), to: 2_000_000_000, by: 2_000_003) {
      #expect(SystemZones.line(old, seconds) == SystemZones.line(new, seconds))
    }
    bytes[4] = UInt8(ascii: "5")
    #expect(throws: ZoneFault.self) { try Zone(identifier: "Europe/London", tzif: bytes) }
  }

  @Test
  func leapSecondsAreRefused() throws {
    let bytes = try SystemZones.bytes("right/Europe/London")
    #expect(
      throws: ZoneFault(
        "`Europe/London` cannot be used: the zone file counts leap seconds, which POSIX time does "
          + "not")
    ) { try Zone(identifier: "Europe/London", tzif: bytes) }
  }
}
