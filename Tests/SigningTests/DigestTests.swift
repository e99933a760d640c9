import Testing

@testable import Signing

@Suite struct DigestTests {
  @Test("the examples of FIPS 180-4")
  func knownAnswers() {
    #expect(
      SHA256Digest.hex(of: [UInt8]())
        == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(
      SHA256Digest.hex(of: [UInt8]("abc".utf8))
        == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }

  @Test("parts, a sequence and an array give one digest")
  func partsAgree() {
    let million = [UInt8](repeating: UInt8(ascii: "a"), count: 1_000_000)
    let expected = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
    #expect(SHA256Digest.hex(of: million) == expected)
    #expect(SHA256Digest.hex(of: repeatElement(UInt8(ascii: "a"), count: 1_000_000)) == expected)
    var digest = SHA256Digest.Incremental()
    for start in stride(from: 0, to: million.count, by: 999) {
      million[start..<min(start + 999, million.count)].withUnsafeBytes { digest.update($0) }
    }
    #expect(digest.hex == expected)
  }
}
