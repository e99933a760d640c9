import Foundation
import GitModel
import Testing

@testable import Evidence

@Suite struct JSONReaderTests {
  private func reader(
    _ text: String, _ change: (inout JSONLimits) -> Void = { _ in }
  ) -> JSONReader {
    var limits = JSONLimits(bytes: 1 << 20)
    change(&limits)
    return JSONReader(.bytes(Bytes(text.utf8)), limits: limits)
  }

  /// What skipping a whole document says; nil if it is well-formed.
  private func fault(_ reader: JSONReader) -> String? {
    do throws(JSONFault) {
      try reader.skipByteOrderMark()
      try reader.skip()
      try reader.end()
      return nil
    } catch {
      return error.description
    }
  }

  @Test("a walk reads what it asks for and skips the rest")
  func walk() throws {
    let json = reader(
      """
      {"skipped": [{"a": [1, 2, {"b": "\\u00e9"}]}, null, -1.5e3], "count": 7,
       "list": ["x", "y\\n"], "whole": {"b": [true, 1.0]}, "isOpen": false, "none": {}}
      """)
    try json.enterObject()
    var (count, list, isOpen) = (0, [Bytes](), true)
    var whole = JSONValue.null
    while let name = try json.nextName() {
      switch name {
      case "count": count = try json.count()
      case "isOpen": isOpen = try json.bool()
      case "whole": whole = try json.value()
      case "list":
        try json.enterArray()
        while try json.nextElement() { list.append(try json.string()) }
      default: try json.skip()
      }
    }
    try json.end()
    #expect(count == 7)
    #expect(!isOpen)
    #expect(list == [Bytes("x".utf8), Bytes("y\n".utf8)])
    #expect(String(decoding: whole.canonical, as: UTF8.self) == #"{"b":[true,1.0]}"#)
  }

  @Test(
    "what is skipped is checked like what is read, and has its place",
    arguments: [
      ("", "1:1: is empty"), ("[1, 2] x", "1:8: holds more than one JSON value"),
      ("{}\n\u{0}", "2:1: holds more than one JSON value"), ("[1,\n 2", "2:3: is cut short"),
      ("{\"a\":1,\n", "2:1: is cut short"), ("[\"a\u{0}b\"]", "1:4: has a control character"),
      ("[1,\u{0}]", "1:4: is no JSON"), ("[1,\n  01]", "2:3: holds no JSON number"),
      ("[\n\"\\ud800 \"]", "2:2: has half a surrogate pair"), ("[tru]", "1:2: is no JSON"),
      ("\u{FEFF}\u{FEFF}[]", "1:1: is no JSON"), ("{\"a\":\n}", "2:1: is no JSON"),
      ("[1}", "1:3: is no JSON"), ("{\"a\":1]", "1:7: is no JSON"), ("]", "1:1: is no JSON"),
    ])
  func skipped(text: String, words: String) {
    let fault = fault(reader(text))
    #expect(fault?.hasPrefix(words) == true, "\(fault ?? "none")")
  }

  @Test("a byte order mark is skipped once, and UTF-16 is called by its name")
  func encodings() throws {
    #expect(fault(reader("\u{FEFF}[1]")) == nil)
    #expect(fault(reader("\u{FEFF}[1 2]")) == "1:4: is no JSON: ',' or ']' was expected")
    for encoding in [String.Encoding.utf16LittleEndian, .utf16BigEndian, .utf16] {
      let data = try #require("[1]".data(using: encoding))
      let json = JSONReader(.bytes(Bytes(data)), limits: JSONLimits(bytes: 100))
      #expect(fault(json) == "1:1: is not UTF-8: it looks like UTF-16")
    }
    let latin = try #require("[\"\u{E9}\"]".data(using: .isoLatin1))
    let json = JSONReader(.bytes(Bytes(latin)), limits: JSONLimits(bytes: 100))
    #expect(fault(json) == "1:3: is not UTF-8")
  }

  @Test("a name twice is refused in what is read, few names or many; nobody reads what is skipped")
  func names() throws {
    for count in [2, 8, 9, 1000] {
      let members = (1..<count).map { "\"n\($0)\":0" }.joined(separator: ",")
      let json = reader("{\"n1\":{\"n1\":1},\n\(members)}")
      try json.enterObject()
      let twice = #expect(throws: JSONFault.self) {
        while try json.nextName() != nil { try json.skip() }
      }
      #expect(twice?.description == "2:1: has the name 'n1' twice")
    }
    #expect(fault(reader(#"{"a":1,"a":2}"#)) == nil)
    let many = reader(#"[{"aa":1},{"aa":1},{"aa":1,"bb":2}]"#) { $0.names = 2 * 64 + 3 }
    try many.enterArray()
    let costly = #expect(throws: JSONFault.self) {
      while try many.nextElement() { _ = try many.value() }
    }
    #expect(costly?.description == "1:28: has objects with more names than fit 131 bytes")
  }

  @Test("a value of another kind, and a count that is none, are faults of that value")
  func kinds() {
    func count(_ text: String) -> String? {
      #expect(throws: JSONFault.self) { try reader(text).count() }?.description
    }
    #expect(count(" \"1\"") == "1:2: has a string where a number was expected")
    #expect(count("1.0") == "1:1: has '1.0' where a count was expected")
    #expect(count("-1") == "1:1: has '-1' where a count was expected")
    #expect(count("-0") == "1:1: has '-0' where a count was expected")
    #expect(count("9223372036854775808")?.contains("where a count was expected") == true)
    let object = #expect(throws: JSONFault.self) { try reader("\n [1]").enterObject() }
    #expect(object?.description == "2:2: has an array where an object was expected")
  }

  @Test("depth, bytes, values and strings are bounded (THREATS.md E06)")
  func limits() throws {
    let deep = String(repeating: "[", count: 100_000)
    #expect(fault(reader(deep)) == "1:65: nests deeper than 64 levels")
    let deepObjects = String(repeating: "{\"a\":", count: 100_000)
    #expect(fault(reader(deepObjects)) == "1:321: nests deeper than 64 levels")
    #expect(fault(reader("[1,2]") { $0.bytes = 4 }) == "1:1: is longer than 4 bytes")
    #expect(fault(reader("[1,2]") { $0.values = 2 }) == "1:4: holds more than 2 values")
    let string = reader("\n\"\(String(repeating: "x", count: 11))\"") { $0.string = 10 }
    let long = #expect(throws: JSONFault.self) { try string.string() }
    #expect(long?.description == "2:1: has a string longer than 10 bytes")
    let digits = reader(String(repeating: "1", count: 11)) { $0.string = 10 }
    #expect(throws: JSONFault.self) { try digits.skip() }
  }

  @Test("one byte at a time reads the same, and every prefix is cut short")
  func singleBytes() throws {
    let text = Bytes(#"{"é€😀": ["\ud83d\ude00", true, null, -1.5e+3, {}]}"#.utf8)
    let whole = try JSONValue(parsing: text, limits: JSONLimits(bytes: 1000))
    for count in 0...text.count {
      var rest = text[..<count]
      let source = ByteSource { buffer in
        guard let byte = rest.popFirst() else { return 0 }
        buffer[0] = byte
        return 1
      }
      let json = JSONReader(source, limits: JSONLimits(bytes: 1000))
      if count == text.count {
        #expect(try json.value() == whole)
      } else {
        #expect(throws: JSONFault.self, "\(count)") { try json.value() }
      }
    }
  }

  @Test("what reading throws is a fault")
  func readFails() {
    struct DiskIsGone: Error {}
    let json = JSONReader(ByteSource { _ in throw DiskIsGone() }, limits: JSONLimits(bytes: 1))
    #expect(fault(json)?.hasPrefix("1:1: cannot be read: DiskIsGone") == true)
  }

  @Test("100 MB of string, white space and values stream by in constant memory")
  func bounded() throws {
    let parts = [
      ("[\"", "x", "\"]", 70), ("[", " ", "1]", 20), ("[0", ",{\"a\":[1,2]}", "]", 10),
    ]
    for (head, part, tail, megabytes) in parts {
      let block = String(repeating: part, count: (1 << 20) / part.utf8.count)
      var limits = JSONLimits(ReportLimits())
      limits.names = 1000
      let grown = try growth(below: 40) { () throws in
        let source = repeating(block, times: megabytes, head: head, tail: tail)
        #expect(fault(JSONReader(source, limits: limits)) == nil)
      }
      #expect(grown < 40)
    }
  }
}
