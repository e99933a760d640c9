import GitModel
import GitrelTestSupport
import Testing

@testable import Evidence

@Suite struct EnvelopeTests {
  @Test("the example of dsse, protocol.md")
  func preAuthenticationEncoding() {
    let bytes = Envelope.preAuthenticationEncoding(
      type: Bytes("http://example.com/HelloWorld".utf8), payload: Bytes("hello world".utf8))
    #expect(
      String(decoding: bytes, as: UTF8.self)
        == "DSSEv1 29 http://example.com/HelloWorld 11 hello world")
    #expect(
      Envelope.preAuthenticationEncoding(type: Bytes("é".utf8), payload: []).prefix(9)
        == Bytes("DSSEv1 2 ".utf8)[...])
  }

  @Test func roundTrip() throws {
    let envelope = Envelope(
      payload: Bytes(0...255),
      signatures: [
        .init(keyID: nil, signature: [1, 2, 3]), .init(keyID: Bytes("k".utf8), signature: [4]),
      ])
    #expect(try Envelope(parsing: envelope.encoded) == envelope)
    #expect(try Envelope(parsing: Envelope(payload: []).encoded).signatures.isEmpty)
  }

  @Test(
    "base64 of RFC 4648, 10, in both alphabets",
    arguments: [
      ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
      ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"), ("??>>", "Pz8+Pg=="),
    ])
  func base64(plain: String, text: String) {
    #expect(Base64.encode(Bytes(plain.utf8)) == Bytes(text.utf8))
    #expect(Base64.decode(Bytes(text.utf8)) == Bytes(plain.utf8))
    let urlSafe = text.replacing("+", with: "-").replacing("/", with: "_")
    #expect(Base64.decode(Bytes(urlSafe.utf8), orURLSafe: true) == Bytes(plain.utf8))
  }

  @Test(
    "base64 that hides something is refused",
    arguments: ["Zg", "Zg=", "Zh==", "Zm9=", "Zg==Zg==", "Zm 9v", "Zm9v\n", "====", "Z===", "=Zm9"])
  func badBase64(text: String) {
    #expect(Base64.decode(Bytes(text.utf8)) == nil)
  }

  @Test(
    "what is no one envelope is a fault",
    arguments: [
      ("", "empty"), ("[]", "no payloadType"), (#"{"payloadType":1}"#, "no payloadType"),
      (#"{"payloadType":"t","payload":"Z"}"#, "no payload in base64"),
      (#"{"payloadType":"t","payload":""}"#, "no list of signatures"),
      (#"{"payloadType":"t","payload":"","signatures":{}}"#, "no list of signatures"),
      (#"{"payloadType":"t","payload":"","signatures":[{}]}"#, "not in base64"),
      (#"{"payloadType":"t","payload":"","signatures":[{"sig":"!"}]}"#, "not in base64"),
      (#"{"payloadType":"t","payload":"","signatures":[{"sig":"","keyid":1}]}"#, "keyid"),
      (#"{"payload":"","payload":""}"#, "twice"),
      (#"{"payloadType":"t","payload":"","signatures":[]} {}"#, "more than one"),
    ])
  func faults(text: String, words: String) {
    let fault = #expect(throws: EvidenceFault.self) { try Envelope(parsing: Bytes(text.utf8)) }
    #expect(fault?.words.contains(words) == true, "\(String(describing: fault))")
  }

  @Test func tooLong() {
    let long = Bytes(repeating: 0x20, count: Envelope.byteLimit + 1)
    #expect(throws: EvidenceFault.self) { try Envelope(parsing: long) }
  }

  @Test("real envelopes: a file of one reads, JSON lines are several and refused", .needsSamples)
  func samples() throws {
    let whole = Sample.all("dsse").filter { $0.path.hasSuffix(".intoto.jsonl") }
    #expect(whole.count == 12)
    for sample in whole where !sample.path.contains("v2.1.0") {
      let envelope = try Envelope(parsing: try sample.bytes())
      #expect(envelope.payloadType == Envelope.statementType)
      #expect(envelope.signatures.count == 1)
      // All of these are of the time before v1.
      #expect(throws: EvidenceFault.self) { try Statement(parsing: envelope.payload) }
    }
    for sample in Sample.all("dsse") where sample.path.hasSuffix(".build.slsa") {
      let bytes = try sample.bytes()
      #expect(throws: EvidenceFault.self, "a bundle is no envelope") {
        try Envelope(parsing: bytes)
      }
    }
    let notes = Sample.all("vsa")
    #expect(notes.count == 18)
    var envelopes = 0
    for sample in notes {
      let lines = try sample.bytes().split(separator: UInt8(ascii: "\n"))
      if lines.count > 1 {
        let bytes = try sample.bytes()
        #expect(throws: EvidenceFault.self) { try Envelope(parsing: bytes) }
      }
      for line in lines.map({ Bytes($0) }) {
        // Some of the lines are bundles, which wrap an envelope and are none.
        let json = try JSONValue(parsing: line, limits: JSONLimits(bytes: line.count))
        guard json["payload"] != nil else { continue }
        _ = try Envelope(parsing: line)
        envelopes += 1
      }
    }
    #expect(envelopes == 10)
  }

  @Test("a payload of two documents is no statement (SPECS.md 5.2)", .needsSamples)
  func twoDocuments() throws {
    let name = "vsa/slsa-source-poc__note-332b27b7e47f.jsonl"
    let sample = try #require(Sample.all("vsa").first { $0.path == name })
    let line = try #require(try sample.bytes().split(separator: UInt8(ascii: "\n")).first)
    let envelope = try Envelope(parsing: Bytes(line))
    let fault = #expect(throws: EvidenceFault.self) { try Statement(parsing: envelope.payload) }
    #expect(fault?.words.contains("more than one JSON value") == true)
  }

  @Test func evidencePath() throws {
    let id = try #require(ObjectID(hex: "0123456789abcdef0123456789abcdef01234567"))
    let digest = String(repeating: "0f", count: 32)
    let path = try #require(EvidencePath(subject: id, digest: digest))
    let text = "01/23456789abcdef0123456789abcdef01234567/\(digest).json"
    #expect(path.bytes == Bytes(text.utf8))
    #expect(EvidencePath(Bytes(text.utf8)) == path)
    #expect(EvidencePath(subject: id, digest: digest.uppercased()) == nil)
    for bad in [
      "", "/", text + "/", "x/" + text, text.uppercased(), String(text.dropLast()),
      text.replacing("01/23", with: "012/3"), text.replacing(".json", with: ".jsox"),
    ] {
      #expect(EvidencePath(Bytes(bad.utf8)) == nil, "\(bad)")
    }
  }
}
