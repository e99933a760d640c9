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

/// The most memory that this process ever held.
func residentMegabytes() throws -> Int {
  let status = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
  let line = try #require(status.split(separator: "\n").first { $0.hasPrefix("VmHWM") })
  return try #require(Int(line.filter(\.isNumber))) / 1024
}
