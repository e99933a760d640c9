import GitModel
import Testing

@testable import Schedule

@Suite("Zones")
struct ZoneTests {
  @Test(arguments: [
    "Europe/London", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia",
    "Africa/Casablanca", "America/Sao_Paulo", "Asia/Kathmandu", "Europe/Dublin",
    "Antarctica/Troll", "America/Nuuk", "UTC", "Africa/Monrovia", "America/Caracas",
    "Asia/Gaza", "Pacific/Kiritimati", "America/Argentina/Buenos_Aires", "Europe/Lisbon",
  ])
  func agreesWithDate(_ identifier: String) throws {
    let zone = try SystemZones.zone(identifier)
    let end: Int64 = 2_871_763_200  // 2061-01-01
    var instants = Array(stride(from: Int64(0), to: end, by: 10 * 86_400 + 7 * 3600 + 13))
    var change = zone.nextChange(after: Instant(seconds: 0))
    while let at = change, at.seconds < end {
      instants += [-3601, -1, 0, 1, 3600].map { at.seconds + $0 }
      change = zone.nextChange(after: at)
    }
    #expect(
      instants.map { SystemZones.line(zone, $0) } == (try SystemZones.date(identifier, instants)))
  }

  @Test
  func everyPlaceAgreesWithDate() throws {
    // 1975, 2000, 2026 in winter and summer, 2040 and 2100 in both.
    let instants: [Int64] = [
      157_766_400, 951_782_400, 1_768_435_200, 1_784_073_600, 2_210_457_600, 2_226_009_600,
      4_104_000_000, 4_119_638_400,
    ]
    for identifier in try SystemZones.all() {
      let zone = try SystemZones.zone(identifier)
      #expect(
        instants.map { SystemZones.line(zone, $0) } == (try SystemZones.date(identifier, instants)),
        "\(identifier)")
    }
  }

  @Test(arguments: [
    "GMT0BST,M3.5.0/1,M10.5.0", "IST-1GMT0,M10.5.0,M3.5.0/1", "<-02>2<-01>,M3.5.0/-1,M10.5.0/0",
    "<+00>0<+02>-2,M3.5.0/1,M10.5.0/3", "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0", "UTC0",
    "AAA5BBB,J60/2,J300/2", "AAA5BBB,59/2,300/2", "AAA-3:15:20BBB-4,M2.4.4/50,M9.1.6/-26",
    "EET-2EEST,M3.4.4/50,M10.4.4/50", "AAA3BBB,M12.5.6/23:59:59,M1.1.1/00:00:01",
  ])
  func footersAgreeWithDate(_ footer: String) throws {
    let zone = try Zone(identifier: "Test/Zone", tzif: Self.file(footer: footer))
    let instants = Array(stride(from: Int64(1_000_000), to: 4_000_000_000, by: 86_400 * 3 + 1723))
    #expect(instants.map { SystemZones.line(zone, $0) } == (try SystemZones.date(footer, instants)))
  }

  @Test
  func daylightAllYear() throws {
    // RFC 9636, 3.3.1: starts on 1 January at 0, ends on 31 December at 24 plus the difference.
    let zone = try Zone(identifier: "Test/Zone", tzif: Self.file(footer: "XXX3EDT4,0/0,J365/23"))
    for seconds in stride(from: Int64(1_700_000_000), to: 1_800_000_000, by: 3600) {
      #expect(zone.offset(at: Instant(seconds: seconds)) == -4 * 3600)
    }
  }

  @Test(arguments: [
    "", "\n", "GMT", "0", "GMT0BST", "GMT0BST,M3.5.0", "GMT0BST,M3.5.0,M10.5.0,",
    "GMT0BST,M13.5.0,M1.1.1",
    "GMT0BST,M3.6.0,M10.5.0", "GMT0BST,M3.5.7,M10.5.0", "GMT0BST,J0,J1", "GMT0BST,J366,J1",
    "GMT0BST,366,1", "GMT25", "G0", "<+0>0", "<GMT0", "GMT0:60", "GMT0BST,M3.5.0/168,M10.5.0",
    "GMT0BST,M3.5.0/999999999999999999999,M10.5.0", "GMT0 ", "<a b>0", "GMT24BST-25,J1,J2",
  ])
  func brokenFooters(_ footer: String) throws {
    let bytes = Self.file(footer: footer)
    if footer.isEmpty {
      // No rule: what the last change says goes on.
      #expect(try Zone(identifier: "Test/Zone", tzif: bytes).offset(at: Instant(seconds: 0)) == 0)
    } else {
      #expect(throws: ZoneFault.self) { try Zone(identifier: "Test/Zone", tzif: bytes) }
    }
  }

  /// A file of version 3 with one kind of time, no change and this footer.
  static func file(footer: String) -> [UInt8] {
    var block = Array("TZif3".utf8)
    block += [UInt8](repeating: 0, count: 15)
    let counts: [UInt8] = [0, 0, 0, 0, 1, 4]
    for count in counts { block += [0, 0, 0, count] }
    block += [UInt8](repeating: 0, count: 6)
    block += Array("UTC\0".utf8)
    return block + block + Array("\n\(footer)\n".utf8)
  }

  @Test
  func gapsAndOverlaps() throws {
    let london = try SystemZones.zone("Europe/London")
    func instants(_ text: String) throws -> ZonedInstants {
      london.instants(of: try LocalDateTime(text))
    }
    let spring = Instant(seconds: 1_774_746_000)  // 2026-03-29T01:00Z
    let autumn: Int64 = 1_792_890_000  // 2026-10-25T01:00Z
    #expect(try instants("2026-03-29T00:59:59") == .one(Instant(seconds: spring.seconds - 1)))
    #expect(try instants("2026-03-29T01:00") == .gap(after: spring))
    #expect(try instants("2026-03-29T01:59:59") == .gap(after: spring))
    #expect(try instants("2026-03-29T02:00") == .one(spring))
    #expect(try instants("2026-10-25T00:59:59") == .one(Instant(seconds: autumn - 3601)))
    #expect(
      try instants("2026-10-25T01:00")
        == .overlap(first: Instant(seconds: autumn - 3600), second: Instant(seconds: autumn)))
    #expect(try instants("2026-10-25T02:00") == .one(Instant(seconds: autumn + 3600)))
    // The island that jumped over a whole day, and half an hour on Lord Howe.
    let apia = try SystemZones.zone("Pacific/Apia")
    #expect(
      apia.instants(of: try LocalDateTime("2011-12-30T12:00"))
        == .gap(after: Instant(seconds: 1_325_239_200)))
    let lordHowe = try SystemZones.zone("Australia/Lord_Howe")
    guard
      case .overlap(let first, let second) =
        lordHowe.instants(of: try LocalDateTime("2026-04-05T01:45"))
    else {
      Issue.record("no overlap")
      return
    }
    #expect(second.seconds - first.seconds == 1800)
  }

  @Test(arguments: ["Europe/London", "Australia/Lord_Howe", "Africa/Casablanca", "Pacific/Apia"])
  func localTimesComeBack(_ identifier: String) throws {
    let zone = try SystemZones.zone(identifier)
    for seconds in stride(from: Int64(1_300_000_000), to: 1_830_000_000, by: 86_400 + 1741) {
      let instant = Instant(seconds: seconds)
      switch zone.instants(of: zone.local(at: instant)) {
      case .one(let same): #expect(same == instant)
      case .overlap(let first, let second): #expect(first == instant || second == instant)
      case .gap: Issue.record("\(seconds) is shown by no clock")
      }
    }
  }

  @Test(arguments: [
    "Europe/London", "America/Argentina/ComodRivadavia", "UTC", "Etc/UTC", "US/East-Indiana",
  ])
  func plausibleNames(_ identifier: String) { #expect(Zone.isPlausible(identifier)) }

  @Test
  func everyPlaceIsPlausible() throws {
    #expect(try SystemZones.all().allSatisfy(Zone.isPlausible))
  }

  @Test(arguments: [
    "", "EST", "CST", "MST", "HST", "CET", "EST5EDT", "GMT", "utc", "Z", "+01:00", "localtime",
    "europe/berlin", "Europe/berlin", "europe/Berlin", "Etc/GMT+5", "Etc/utc", "../../etc/passwd",
    "Europe/../UTC", "/Europe/London", "Europe/London/", "Europe//London", "posix/Europe/London",
    "right/Europe/London", "posix", "Europe/London\n", "Europe/Lon don", "Europe/London\0",
    "Europe/München", "A/B/C/D", "Europe\\London", ":Europe/London", "Posix/../x",
    "Europe/" + String(repeating: "L", count: 100),
  ])
  func implausibleNames(_ identifier: String) throws {
    #expect(!Zone.isPlausible(identifier))
    let words = try #require(Zone.fault(inIdentifier: identifier)).words
    #expect(words.utf8.count < 300 && words.utf8.allSatisfy { $0 >= 0x20 })
    let london = try SystemZones.bytes("Europe/London")
    #expect(throws: ZoneFault.self) { try Zone(identifier: identifier, tzif: london) }
  }

  @Test
  func faultsSayWhatToWrite() {
    #expect(
      Zone.fault(inIdentifier: "EST")?.words
        == "`EST` is an abbreviation or a short name, not a place; write an IANA name such as "
        + "Europe/London, or UTC")
    #expect(
      Zone.fault(inIdentifier: "europe/berlin")?.words
        == "`europe/berlin` is not the name of a zone; names are spelled exactly, with capitals, "
        + "as in Europe/London")
    #expect(throws: ZoneFault("`Europe/London` cannot be used: the zone file is no TZif file")) {
      try Zone(identifier: "Europe/London", tzif: Array("root:x:0:0".utf8))
    }
  }

  @Test(arguments: [Int64.min, Int64.min + 1, -(1 << 51), 1 << 51, Int64.max - 1, Int64.max])
  func farInstantsDoNotTrap(_ seconds: Int64) throws {
    for identifier in ["Europe/London", "Pacific/Apia", "UTC", "Africa/Casablanca"] {
      let zone = try SystemZones.zone(identifier)
      let instant = Instant(seconds: seconds)
      let local = zone.local(at: instant)
      _ = zone.instants(of: local)
      _ = zone.nextChange(after: instant)
      #expect(!zone.format(instant, reference: Instant(seconds: 0)).isEmpty)
    }
  }
}
