import GitModel
import Glibc

/// Reads lines as a stream: of a file of any size one buffer and one line are in memory.
struct LineReader {
  private static let chunk = 1 << 16

  private let source: ByteSource
  private let file: Bytes
  private let limits: ReportLimits
  private var buffer = Bytes()
  /// Where the next line begins in the buffer, and how far a line feed was looked for.
  private var (start, scanned) = (0, 0)
  private var total = 0
  private var isAtEnd = false

  /// The number of the line that was given last, from 1; 0 before the first.
  private(set) var number = 0
  /// Whether the line that was given last ended in a line feed.
  private(set) var isTerminated = true

  init(_ source: ByteSource, file: Bytes, limits: ReportLimits) {
    (self.source, self.file, self.limits) = (source, file, limits)
  }

  /// The next line without its line feed and the carriage returns before that; nil at the end.
  mutating func next() throws(ReportFault) -> Bytes? {
    while true {
      if let feed = nextFeed {
        defer { (start, scanned) = (feed + 1, feed + 1) }
        number += 1
        return line(to: feed)
      }
      scanned = buffer.count
      if isAtEnd {
        guard start < buffer.count else { return nil }
        defer { start = buffer.count }
        number += 1
        isTerminated = false
        return line(to: buffer.count)
      }
      try fill()
    }
  }

  /// Where the line that is begun ends, if that is in the buffer.
  private var nextFeed: Int? {
    buffer.withUnsafeBytes { bytes in
      guard let base = bytes.baseAddress, scanned < bytes.count else { return nil }
      let found = memchr(base + scanned, Int32(UInt8(ascii: "\n")), bytes.count - scanned)
      return found.map { UnsafeRawPointer($0) - base }
    }
  }

  /// A fault at the line that was given last.
  func fault(_ words: String, column: Int? = nil) -> ReportFault {
    ReportFault(file: file, line: max(1, number), column: column, words: words)
  }

  private func line(to end: Int) -> Bytes {
    var line = buffer[start..<end]
    while line.last == UInt8(ascii: "\r") { line.removeLast() }
    return Bytes(line)
  }

  private mutating func fill() throws(ReportFault) {
    buffer.removeFirst(start)
    (scanned, start) = (scanned - start, 0)
    guard buffer.count <= limits.token else {
      throw ReportFault(
        file: file, line: number + 1, words: "holds a line longer than \(limits.token) bytes")
    }
    let part: Bytes
    do {
      part = try Bytes(unsafeUninitializedCapacity: Self.chunk) { room, count in
        count = try source.read(UnsafeMutableRawBufferPointer(room))
      }
    } catch {
      throw ReportFault(file: file, line: number + 1, words: "cannot be read: \(error)")
    }
    buffer += part
    total += part.count
    isAtEnd = part.isEmpty
    guard total <= limits.bytes else {
      throw ReportFault(
        file: file, line: number + 1, words: "is longer than \(limits.bytes) bytes")
    }
  }
}
