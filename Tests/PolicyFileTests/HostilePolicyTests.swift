import GitModel
import Policy
import Schedule
import Testing

@testable import PolicyFile

/// Whatever is pushed as a policy is read to an end: errors with a place, no crash, no hang.
@Suite(.timeLimit(.minutes(5))) struct HostilePolicyTests {
  private static func read(_ bytes: Bytes) -> [String] {
    do throws(PolicyFault) {
      _ = try PolicyReader.read(bytes, file: "p.yml", zone: SystemZones.zone)
      return []
    } catch { return error.lines }
  }

  private static func read(_ text: String) -> [String] { read(Bytes(text.utf8)) }

  private static let head =
    "version: 1\nrulesets: [{name: a, refs: [main], rules: {no-delete: }}]\n"

  @Test("size and number")
  func sizes() {
    let large = Bytes(repeating: UInt8(ascii: "a"), count: 10 << 20)
    #expect(
      Self.read(large)
        == ["p.yml:1:1: the file has 10485760 bytes, and a policy has 1048576 at most"])
    let keys = (0..<100_000).map { "k\($0): 1\n" }.joined()
    let told = Self.read(Self.head + keys)
    #expect(told.first?.hasPrefix("p.yml:3:1: the policy knows no key `k0`; ") == true)
    #expect(told.last == "p.yml: and 99900 more")
    let roles = (0..<50_000).map { "  r\($0): [nobody]\n" }.joined()
    #expect(Self.read(Self.head + "roles:\n\(roles)").last == "p.yml: and 49900 more")
    let twice = String(repeating: "k: 1\n", count: 100_000)
    #expect(Self.read(Self.head + twice).count == 101)
    let rulesets = (0..<10_000).map { _ in "  - {name: a, refs: [main], rules: {no-delete: }}\n" }
    #expect(Self.read("version: 1\nrulesets:\n\(rulesets.joined())").last == "p.yml: and 9899 more")
  }

  @Test("depth", arguments: ["[", "{a: ", "- ", "? ", "- - [{a: "])
  func depth(_ opening: String) {
    for prefix in ["", "version: 1\nrulesets: ", "version: 1\nextends: "] {
      let told = Self.read(prefix + String(repeating: opening, count: 50_000))
      #expect(told.count == 1)
      #expect(told[0].firstMatch(of: #/^p\.yml:[0-9]+:[0-9]+: /#) != nil, "\(told[0].prefix(200))")
    }
  }

  @Test("line ends, quotes and bytes")
  func forms() {
    #expect(Self.read(Self.head.replacing("\n", with: "\r\n")) == [])
    #expect(Self.read(Self.head.replacing("\n", with: "\r")) == [])
    #expect(
      Self.read("version: 1\nrulesets: \"\n" + String(repeating: "a\n", count: 400_000)).count == 1)
    #expect(
      Self.read(Bytes(Self.head.utf8) + [0xC0, 0x80]).first?.hasPrefix("p.yml:3:1: ") == true)
    #expect(
      Self.read([0xFF, 0xFE] + Bytes(Self.head.utf8)).first?.hasPrefix("p.yml:1:1: ") == true)
    #expect(Self.read(Bytes(repeating: 0, count: 1 << 20)).count == 1)
    // A billion laughs ends at the first anchor, wherever it stands.
    let laughs = (1...9).map { level in
      "l\(level): &l\(level) [\((0..<10).map { _ in "*l\(level - 1)" }.joined(separator: ", "))]\n"
    }
    #expect(
      Self.read(Self.head + "l0: &l0 lol\n" + laughs.joined())
        == ["p.yml:3:5: anchors (`&name`) are not read; write it out"])
  }

  /// Good policies with some bytes changed, cut, doubled or put elsewhere.
  @Test("mutations", arguments: 0..<8)
  func mutated(_ seed: Int) {
    var random = Xorshift(seed: UInt64(seed + 1))
    let sources =
      PolicyPack.all.map(\.bytes) + PolicyFolder.files(in: "Tests/Policies/valid").map(\.bytes)
      + PolicyFolder.files(in: ".gitrel").map(\.bytes)
    let marks = Bytes("[]{}:,-&*!|>'\"%@`#? \n\t\r\u{0}\u{7f}~<".utf8) + [0x80, 0xFF]
    var rejected = 0
    for _ in 0..<250 {
      var bytes = sources[random.below(sources.count)]
      for _ in 0...random.below(4) {
        let place = random.below(max(1, bytes.count))
        switch random.below(5) {
        case 0: bytes[place] = marks[random.below(marks.count)]
        case 1: bytes.insert(marks[random.below(marks.count)], at: place)
        case 2: bytes.removeSubrange(place..<min(bytes.count, place + random.below(40)))
        case 3:
          let other = sources[random.below(sources.count)]
          bytes.insert(contentsOf: other.prefix(random.below(other.count)), at: place)
        default: bytes[place] = UInt8(random.below(256))
        }
        if bytes.isEmpty { bytes = [UInt8(ascii: "a")] }
      }
      let told = Self.read(bytes)
      rejected += told.isEmpty ? 0 : 1
      for line in told {
        let hasPlace = line.firstMatch(of: #/^(p\.yml|pack:[a-z-]+):[0-9]+:[0-9]+: /#) != nil
        #expect(hasPlace || line.hasPrefix("p.yml: and "), "\(Bytes(line.utf8).printable)")
        let isPlain = line.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value != 0x7F }
        #expect(isPlain, "\(Bytes(line.utf8).printable)")
      }
    }
    #expect(rejected > 100, "mutations that are all read change nothing")
  }
}

/// The same numbers in every run.
private struct Xorshift {
  private var state: UInt64

  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }

  mutating func below(_ bound: Int) -> Int {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return Int(state % UInt64(bound))
  }
}
