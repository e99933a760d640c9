import GitModel
import Testing

@Suite("Object ids")
struct ObjectIDTests {
  private static let hex = "0123456789abcdef0123456789abcdef01234567"

  @Test("hex and raw bytes say the same")
  func roundTrip() throws {
    let id = try #require(ObjectID(hex: Self.hex))
    #expect(id.hex == Self.hex)
    #expect(id.short == "0123456")
    #expect("\(id)" == Self.hex)
    #expect(id.raw.count == 20)
    #expect(id.raw.prefix(3) == [0x01, 0x23, 0x45])
    #expect(ObjectID(raw: id.raw) == id)
    #expect(ObjectID(hex: Bytes("xx\(Self.hex)yy".utf8).dropFirst(2).dropLast(2)) == id)
    #expect(
      ObjectID(hex: String(repeating: "f", count: 40))?.raw == Bytes(repeating: 255, count: 20))
  }

  @Test("zero is forty zeros")
  func zero() {
    #expect(ObjectID.zero.hex == String(repeating: "0", count: 40))
    #expect(ObjectID(hex: String(repeating: "0", count: 40))?.isZero == true)
    #expect(ObjectID(hex: Self.hex)?.isZero == false)
  }

  @Test(
    "what is no id",
    arguments: [
      "", "0", String(hex.dropLast()), hex + "0", hex.uppercased(), hex.dropLast() + "g",
      hex.dropLast() + " ", hex.dropLast() + "\u{661}", String(repeating: "0", count: 64),
    ])
  func notAnID(_ text: String) { #expect(ObjectID(hex: text) == nil) }

  @Test("raw bytes must be twenty", arguments: [0, 19, 21, 32])
  func notRaw(_ count: Int) { #expect(ObjectID(raw: Bytes(repeating: 1, count: count)) == nil) }

  @Test("ids sort as their digits do")
  func order() throws {
    var ids: [ObjectID] = []
    for position in 0..<40 {
      let digits = String(repeating: "0", count: position) + "8"
      ids.append(
        try #require(ObjectID(hex: digits + String(repeating: "0", count: 39 - position))))
    }
    #expect(ids.sorted().map(\.hex) == ids.map(\.hex).sorted())
    #expect(ids.sorted() == ids.reversed())
  }
}
