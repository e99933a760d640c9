internal import GitModel

/// What a walk needs of a commit: where it leads and when it was made. Read without judging, because
/// what an accepted ref holds was accepted, whatever an old client wrote into it.
struct CommitLinks {
  private(set) var parents: [Key] = []
  private(set) var date: Int64 = 0

  /// The same without parents, for a commit behind which history is cut off.
  init(ending other: CommitLinks) { date = other.date }

  /// Those of a commit that was read.
  init(_ commit: Commit) {
    parents = commit.parents.map { Key($0) }
    date = commit.committer.seconds
  }

  init(_ bytes: UnsafeRawBufferPointer) {
    // `tree` SP id LF, any number of `parent` SP id LF, `author` ... LF, `committer` ... LF
    var position = 46
    while Self.starts(bytes, position, with: "parent "), let key = Key(hexAt: bytes, position + 7) {
      parents.append(key)
      position += 48
    }
    while position < bytes.count, bytes[position] != UInt8(ascii: "\n") {
      var end = position
      while end < bytes.count, bytes[end] != UInt8(ascii: "\n") { end += 1 }
      if Self.starts(bytes, position, with: "committer ") {
        date = Self.date(bytes, position, end)
        return
      }
      position = end + 1
    }
  }

  private static func starts(
    _ bytes: UnsafeRawBufferPointer, _ offset: Int, with text: StaticString
  ) -> Bool {
    let count = text.utf8CodeUnitCount
    guard offset + count <= bytes.count else { return false }
    for position in 0..<count where bytes[offset + position] != text.utf8Start[position] {
      return false
    }
    return true
  }

  /// The seconds behind the last `>`; zero when there are none, as git has it.
  private static func date(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ end: Int) -> Int64 {
    var position = end
    while position > start, bytes[position - 1] != UInt8(ascii: ">") { position -= 1 }
    while position < end, bytes[position] == 0x20 { position += 1 }
    var seconds: Int64 = 0
    while position < end, bytes[position].isASCIIDigit, seconds < 1 << 48 {
      seconds = seconds * 10 + Int64(bytes[position] - 0x30)
      position += 1
    }
    return seconds
  }
}
