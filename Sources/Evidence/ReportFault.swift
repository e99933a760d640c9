public import GitModel

/// Why a report file cannot be used. A file that cannot be read proves nothing: there is no reading
/// in part, and a fault is never "no failures" (SPECS.md 1, rule 5).
public struct ReportFault: Error, Hashable, Sendable {
  /// The file as the caller named it.
  public let file: Bytes
  /// The line in the file, from 1.
  public let line: Int
  /// The column in the line, from 1, where it is known.
  public let column: Int?
  /// What is wrong, as the end of a sentence that begins with the file's name.
  public let words: String

  /// A fault at a place in a file.
  public init(file: Bytes, line: Int, column: Int? = nil, words: String) {
    self.file = file
    self.line = line
    self.column = column
    self.words = words
  }
}

extension ReportFault {
  /// A fault in the JSON of a file.
  init(_ fault: JSONFault, file: Bytes) {
    self.init(file: file, line: fault.line, column: fault.column, words: fault.words)
  }
}

extension ReportFault: CustomStringConvertible {
  /// `file:line:column: words`, fit for a terminal.
  public var description: String {
    let place = column.map { "\(line):\($0)" } ?? "\(line)"
    return "\(file.printable):\(place): \(words)"
  }
}

/// How much of a report is read before it is refused. Everything but `bytes` has a default that
/// leaves room for the largest real reports (SPECS.md 1, rule 2).
public struct ReportLimits: Hashable, Sendable {
  /// How many bytes a file may have.
  public var bytes: Int
  /// How deep elements may nest; more than 64 counts as 64.
  public var depth = 64
  /// How many elements a file may hold.
  public var elements = 100_000_000
  /// How many bytes one tag with its attributes, one comment or one declaration may take; this is
  /// also what bounds the memory of the reader.
  public var token = 4 << 20
  /// How many tests a report may name, where their names must be kept to count them.
  public var tests = 1_000_000
  /// How many source files a coverage report may name.
  public var files = 1_000_000
  /// How many branches or blocks of statements a coverage report may tell apart, where each must be
  /// kept because it may come again.
  public var parts = 16_000_000

  /// Limits of a file of at most so many bytes; 4 GiB unless told otherwise.
  public init(bytes: Int = 4 << 30) { self.bytes = bytes }
}

extension JSONLimits {
  /// The limits of a report that is a stream of JSON.
  init(_ limits: ReportLimits) {
    self.init(bytes: limits.bytes)
    depth = min(limits.depth, 64)
    values = limits.elements
    string = limits.token
  }
}
