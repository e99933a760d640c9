import GitModel
import GitrelTestSupport
import Policy
import PolicyFile
import Testing

/// Every example of docs/policy-tests.md is read, and holds.
@Suite("docs/policy-tests.md")
struct PolicyTestDocumentTests {
  @Test("every example loads, and every case in it is as expected")
  func examples() throws {
    let blocks = try Self.blocks()
    var policies = 0
    var policy = try #require(blocks.first { $0.text.hasPrefix("version:") })
    for block in blocks {
      // A policy is tested by what follows it.
      guard !block.text.hasPrefix("version:") else {
        (policy, policies) = (block, policies + 1)
        continue
      }
      let name = "docs/policy-tests.md, from line \(block.line)"
      do throws(PolicyFault) {
        let text = policy.text
        let place = PolicyPlace(policy: "t.yml") { (_) throws(ExtendsFault) in
          Bytes(text.utf8)
        }
        let read = try PolicyTestReader.read(
          Bytes(block.text.utf8), file: name, in: place, zone: SystemZones.zone,
          usual: { () throws(PolicyTestFault) in "policy.yml" },
          identify: { _ in PolicyOrigin(label: "policy.yml", file: "policy.yml", digest: "") })
        #expect(!read.cases.isEmpty)
        for one in read.tested() {
          #expect(one.mismatches == [], "\(one.file): \(one.name)")
        }
      } catch {
        Issue.record("\(error.lines.joined(separator: "\n"))")
      }
    }
    #expect(policies == 2 && blocks.count >= 9)
  }

  private static func blocks() throws -> [(text: String, line: Int)] {
    var folder = #filePath[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if folder.hasSuffix("/Tests") { break }
    }
    let path = folder.dropLast("/Tests".count) + "/docs/policy-tests.md"
    let bytes = try #require(contents(of: String(path)))
    var blocks: [(text: String, line: Int)] = []
    var open: (text: String, line: Int)?
    let lines = String(decoding: bytes, as: UTF8.self)
      .split(separator: "\n", omittingEmptySubsequences: false)
    for (index, line) in lines.enumerated() {
      if let (text, start) = open {
        if line == "```" {
          blocks.append((text, start))
          open = nil
        } else {
          open = (text + line + "\n", start)
        }
      } else if line == "```yaml" {
        open = ("", index + 2)
      }
    }
    return blocks
  }
}
