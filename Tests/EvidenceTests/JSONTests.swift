import GitModel
import Testing

@testable import Evidence

@Suite struct JSONTests {
  private func parse(_ text: String, depth: Int = 64) throws -> JSONValue {
    var limits = JSONLimits(bytes: 1 << 20)
    limits.depth = depth
    return try JSONValue(parsing: Bytes(text.utf8), limits: limits)
  }

  @Test("numbers are kept as they were written")
  func numbers() throws {
    #expect(try parse("9223372036854775807") == .integer(.max))
    #expect(try parse("-9223372036854775808") == .integer(.min))
    #expect(try parse("9223372036854775808") == .number(Bytes("9223372036854775808".utf8)))
    #expect(try parse("9007199254740993") == .integer(9_007_199_254_740_993))
    #expect(try parse("1.0") == .number(Bytes("1.0".utf8)))
    #expect(try parse("-0") == .number(Bytes("-0".utf8)))
    #expect(try parse("1E+2") == .number(Bytes("1E+2".utf8)))
  }

  @Test(
    "what is no JSON, or could be read in two ways, is a fault with its place",
    arguments: [
      ("", "1:1: is empty"), (" \n ", "2:2: is empty"),
      (#"{"a":1,"a":2}"#, "1:8: has the name 'a' twice"),
      ("{\"a\":1,\n \"\\u0061\":2}", "2:2: has the name 'a' twice"),
      ("1 2", "1:3: holds more than one JSON value"),
      ("{}\n{}", "2:1: holds more than one JSON value"),
      ("[1,]", "1:4: is no JSON"), ("{,}", "1:2: is no JSON"), ("[1 2]", "1:4: is no JSON"),
      ("{\"a\" 1}", "1:6: is no JSON"), ("[1", "1:3: is cut short"),
      ("{\"a\":", "1:6: is cut short"),
      ("01", "1:1: holds no JSON number"), ("-", "1:1: holds no JSON number"),
      ("1.", "1:1: holds no JSON number"), ("1e", "1:1: holds no JSON number"),
      (".5", "1:1: is no JSON"), ("+1", "1:1: is no JSON"), ("NaN", "1:1: is no JSON"),
      ("nul", "1:1: is no JSON"), ("'a'", "1:1: is no JSON"), ("// c\n1", "1:1: is no JSON"),
      ("\"a", "1:1: has a string without end"), ("\"a\nb\"", "1:3: has a control character"),
      (#""\x41""#, "1:2: has an unknown escape"), (#""\u12g4""#, "1:2: has an unknown escape"),
      (#""\ud800""#, "1:2: has half a surrogate pair"),
      (#""\ud800\u0041""#, "1:2: has half a surrogate pair"),
      (#""\udc00""#, "1:2: has half a surrogate pair"), ("\u{FEFF}1", "1:1: is no JSON"),
    ])
  func faults(text: String, words: String) {
    let fault = #expect(throws: JSONFault.self) { try parse(text) }
    #expect(fault?.description.hasPrefix(words) == true, "\(String(describing: fault))")
  }

  @Test(
    "bytes that are not UTF-8 are a fault",
    arguments: [
      [0xFF], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
    ])
  func notUTF8(bytes: Bytes) {
    let quoted = [UInt8(ascii: "\"")] + bytes + [UInt8(ascii: "\"")]
    let fault = #expect(throws: JSONFault.self) {
      try JSONValue(parsing: quoted, limits: JSONLimits(bytes: 100))
    }
    #expect(fault?.description == "1:2: is not UTF-8")
  }

  @Test("depth, size and count are bounded (THREATS.md E06)")
  func limits() throws {
    _ = try parse(String(repeating: "[", count: 64) + String(repeating: "]", count: 64))
    let deep = #expect(throws: JSONFault.self) {
      try parse(String(repeating: "[", count: 100_000))
    }
    #expect(deep?.description == "1:65: nests deeper than 64 levels")
    #expect(throws: JSONFault.self) {
      try JSONValue(parsing: Bytes("[1,2]".utf8), limits: JSONLimits(bytes: 4))
    }
    var few = JSONLimits(bytes: 100)
    few.values = 3
    #expect(throws: JSONFault.self) { try JSONValue(parsing: Bytes("[1,2,3]".utf8), limits: few) }
  }

  @Test("names that Unicode calls equal are two names")
  func namesAreBytes() throws {
    let value = try parse("{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value.object?.count == 2)
  }

  @Test("the canonical spelling is one, and reads back as the same value")
  func canonical() throws {
    let value = try parse(#" { "b" : [1, 2.50, true, null], "a" : "\u00e9\n\"\/😀\u007f" } "#)
    let text = #"{"a":"\u00e9\n\"/\ud83d\ude00\u007f","b":[1,2.50,true,null]}"#
    #expect(String(decoding: value.canonical, as: UTF8.self) == text)
    #expect(try parse(text).canonical == value.canonical)
  }

  @Test func pretty() throws {
    let value = try parse(#"{"b":[1,{"c":[]}],"a":{}}"#)
    #expect(
      String(decoding: value.pretty, as: UTF8.self) == """
        {
          "b": [
            1,
            {
              "c": []
            }
          ],
          "a": {}
        }

        """)
  }
}
