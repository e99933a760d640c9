import GitModel
import Testing

@testable import Engine

@Suite("a push that takes too long")
struct PushSizeTests {
  @Test(
    "is told with its size",
    arguments: [
      (0, ""), (1, ", with 1 new commit"), (10, ", with 10 new commits"),
      (20_000, ", with 20000 new commits"), (Int.max, ", with \(Int.max) new commits"),
    ])
  func told(_ count: Int, _ size: String) {
    var bytes: Bytes = []
    PushSize.tellTooLate(count, false) { bytes += UnsafeRawBufferPointer(start: $0, count: $1) }
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        gitrel: refused: the push could not be judged in time\(size)
        gitrel: hint: push in parts, older commits first: git push origin <COMMIT>:<BRANCH>

        """)
  }

  @Test("a policy that takes so long is told as one: to push in parts would not help")
  func toldOfThePolicy() {
    var bytes: Bytes = []
    PushSize.tellTooLate(7, true) { bytes += UnsafeRawBufferPointer(start: $0, count: $1) }
    #expect(
      String(decoding: bytes, as: UTF8.self) == """
        gitrel: refused: the policy and the files that it names could not be read in time
        gitrel: hint: gitrel policy validate, in a clone, reads the same

        """)
  }
}
