import GitModel
import Testing

private let zero = String(repeating: "0", count: 40)
private let one = String(repeating: "1", count: 40)
private let two = String(repeating: "2", count: 40)

@Suite("Hook lines")
struct HookLinesTests {
  @Test("pre-receive: exact lines, in order")
  func received() throws {
    let text = "\(zero) \(one) refs/heads/a\n\(one) \(zero) refs/heads/b\n\(one) \(two) HEAD\n"
    let updates = try HookLines.received(Bytes(text.utf8))
    #expect(updates.map(\.name.full) == ["refs/heads/a", "refs/heads/b", "HEAD"])
    #expect(updates.map(\.kind) == [.create, .delete, .update])
    #expect(updates[0].new.hex == one)
    // Names are judged later, with a reason of their own; here they are only bytes.
    let odd = Bytes("\(zero) \(one) refs/heads/\u{1B}".utf8) + [0xFF, 0x0A]
    #expect(try HookLines.received(odd).first?.name.fault != nil)
  }

  @Test("pre-receive: anything else is refused as a whole", arguments: malformedReceived)
  func malformed(_ text: String, _ words: String) {
    let fault = #expect(throws: HookLines.Fault.self) {
      try HookLines.received(Bytes(text.utf8))
    }
    #expect(fault?.words == words)
  }

  @Test("pre-receive: not more than the limit")
  func tooMany() throws {
    func lines(_ count: Int) -> Bytes {
      Bytes((0..<count).map { "\(zero) \(one) refs/heads/b\($0)\n" }.joined().utf8)
    }
    #expect(try HookLines.received(lines(HookLines.maximumUpdates)).count == 1000)
    #expect(throws: HookLines.Fault.tooMany(limit: 1000)) {
      try HookLines.received(lines(HookLines.maximumUpdates + 1))
    }
  }

  @Test("pre-receive: a ref twice, also when the bytes are not UTF-8")
  func repeated() {
    let line = Bytes("\(zero) \(one) refs/heads/".utf8)
    #expect(throws: HookLines.Fault.repeated(RefName(Bytes("refs/heads/".utf8) + [0xFF]), line: 2))
    {
      try HookLines.received(line + [0xFF, 0x0A] + line + [0xFF, 0x0A])
    }
    // Two spellings that Swift's String would take for one.
    #expect(throws: Never.self) {
      try HookLines.received(
        line + Bytes("caf\u{E9}\n".utf8) + line + Bytes("cafe\u{301}\n".utf8))
    }
  }

  @Test("pre-push: every form that git writes")
  func outgoing() throws {
    let text = """
      refs/heads/a \(one) refs/heads/a \(zero)
      (delete) \(zero) refs/heads/b \(one)
      HEAD \(two) refs/heads/c \(one)
      \(one) \(one) refs/heads/d \(zero)
      HEAD@{2 days ago} \(one) refs/tags/v1 \(zero)

      """
    let outgoing = try HookLines.outgoing(Bytes(text.utf8))
    #expect(
      outgoing.map(\.local.printable) == [
        "refs/heads/a", "(delete)", "HEAD", one, "HEAD@{2 days ago}",
      ])
    #expect(outgoing.map(\.update.kind) == [.create, .delete, .update, .create, .create])
    #expect(outgoing.map(\.update.name.short) == ["a", "b", "c", "d", "v1"])
    #expect(outgoing[2].update.old.hex == one)
  }

  @Test("pre-push: nothing to push is nothing to judge")
  func nothing() throws { #expect(try HookLines.outgoing([]) == []) }

  @Test("pre-push: malformed", arguments: malformedOutgoing)
  func malformedPush(_ text: String, _ words: String) {
    let fault = #expect(throws: HookLines.Fault.self) {
      try HookLines.outgoing(Bytes(text.utf8))
    }
    #expect(fault?.words == words)
  }
}

private func shape(_ line: Int) -> String {
  "line \(line) on standard input is not `<old-oid> <new-oid> <ref-name>`"
}

private let malformedReceived: [(String, String)] = [
  ("", "no ref update was given on standard input"),
  ("\n", shape(1)),
  (
    "\(zero) \(one) refs/heads/a",
    "the last line on standard input has no line end: the input was cut off"
  ),
  ("\(zero) \(one) refs/heads/a\n\n", shape(2)),
  ("\n\(zero) \(one) refs/heads/a\n", shape(1)),
  ("\(zero) \(one) refs/heads/a b\n", shape(1)),
  ("\(zero) \(one) refs/heads/a \n", shape(1)),
  ("\(zero) \(one)  refs/heads/a\n", shape(1)),
  (" \(zero) \(one) refs/heads/a\n", shape(1)),
  ("\(zero)\t\(one) refs/heads/a\n", shape(1)),
  ("\(zero)1 \(one) refs/heads/a\n", shape(1)),
  ("\(zero) \(one)1 refs/heads/a\n", shape(1)),
  ("\(zero.dropLast()) \(one) refs/heads/a\n", shape(1)),
  ("\(String(repeating: "A", count: 40)) \(one) refs/heads/a\n", shape(1)),
  ("\(zero) \(one)\n", shape(1)),
  ("\(zero) \(one) \n", shape(1)),
  ("\(zero) \(zero) refs/heads/a\n", shape(1)),
  ("\(zero) \(one) refs/heads/a\n\(zero) \(one) refs/heads/b c\n", shape(2)),
  (
    "\(one) \(two) refs/heads/a\n\(two) \(one) refs/heads/a\n",
    "refs/heads/a is named twice (line 2)"
  ),
  (
    "\(one) \(two) refs/heads/a\r\n\(two) \(one) refs/heads/a\r\n",
    "refs/heads/a\\u{d} is named twice (line 2)"
  ),
  (
    "\(zero)\(zero.prefix(24)) \(one)\(one.prefix(24)) refs/heads/a\n", shape(1)
  ),
]

private func pushShape(_ line: Int) -> String {
  "line \(line) on standard input is not `<local-ref> <local-oid> <remote-ref> <remote-oid>`"
}

private let malformedOutgoing: [(String, String)] = [
  ("\n", pushShape(1)),
  (
    "refs/heads/a \(one) refs/heads/a \(zero)",
    "the last line on standard input has no line end: the input was cut off"
  ),
  ("refs/heads/a \(one) refs/heads/a\n", pushShape(1)),
  ("\(one) refs/heads/a \(zero)\n", pushShape(1)),
  (" \(one) refs/heads/a \(zero)\n", pushShape(1)),
  ("refs/heads/a \(one)  \(zero)\n", pushShape(1)),
  ("refs/heads/a \(one) refs/heads/a \(zero) \n", pushShape(1)),
  ("refs/heads/a \(one) refs/heads/a b \(zero)\n", pushShape(1)),
  ("(delete) \(zero) refs/heads/a \(zero)\n", pushShape(1)),
  (
    "a \(one) refs/heads/x \(zero)\nb \(two) refs/heads/x \(zero)\n",
    "refs/heads/x is named twice (line 2)"
  ),
]
