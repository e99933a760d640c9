import Foundation
import GitModel
import Testing

@testable import Evidence

/// A source of a head, a part again and again, and a tail.
func repeating(_ part: String, times: Int, head: String, tail: String) -> ByteSource {
  let block = Bytes(part.utf8)
  var pending = Bytes(head.utf8)
  var (rest, isEnded) = (times, false)
  return ByteSource { buffer in
    while pending.count < buffer.count, !isEnded {
      if rest > 0 {
        pending += block
        rest -= 1
      } else {
        pending += Bytes(tail.utf8)
        isEnded = true
      }
    }
    let count = min(buffer.count, pending.count)
    buffer.copyBytes(from: pending.prefix(count))
    pending.removeFirst(count)
    return count
  }
}

/// By how many megabytes this process grows at most while `read` runs: the least of some tries, as soon as that
/// is below `limit`. Other tests run in it at the same time, and now and then grow more than the reader does;
/// what a reader needs, it needs in each try.
func growth(below limit: Int, _ read: () throws -> Void) throws -> Int {
  var least = Int.max
  for _ in 0..<5 where least >= limit {
    // "5" sets the high-water mark to what is held now (proc(5), clear_refs).
    try "5".write(toFile: "/proc/self/clear_refs", atomically: false, encoding: .utf8)
    let before = try megabytes("VmRSS")
    try read()
    least = min(least, try megabytes("VmHWM") - before)
  }
  return least
}

private func megabytes(_ field: String) throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix(field) })
  return try #require(Int(line.filter(\.isNumber))) / 1024
}
