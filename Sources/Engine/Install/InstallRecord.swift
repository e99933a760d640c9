import GitModel

/// What `gitrel install` changed and what was there before, kept as `gitrel-install` in the git
/// directory: lines of `key=value`, in the order in which the changes were made.
struct InstallRecord: Hashable {
  static let fileName = "gitrel-install"

  private(set) var lines: [(key: String, value: String)] = []

  static func == (left: InstallRecord, right: InstallRecord) -> Bool { left.text == right.text }
  func hash(into hasher: inout Hasher) { hasher.combine(text) }

  init() {}

  /// Reads the record of a repository; nil when gitrel is not installed there.
  init?(in gitDirectory: String) {
    guard let bytes = FileSystem.contents("\(gitDirectory)/\(Self.fileName)") else { return nil }
    for line in bytes.split(separator: 0x0A) where line.first != UInt8(ascii: "#") {
      guard let equals = line.firstIndex(of: UInt8(ascii: "=")) else { continue }
      lines.append(
        (
          Self.decoded(line[..<equals]), Self.decoded(line[line.index(after: equals)...])
        ))
    }
  }

  /// The first value of a key. Setting replaces all of them; nil removes them.
  subscript(key: String) -> String? {
    get { lines.first { $0.key == key }?.value }
    set {
      let place = lines.firstIndex { $0.key == key } ?? lines.endIndex
      lines.removeAll { $0.key == key }
      if let newValue { lines.insert((key, newValue), at: min(place, lines.endIndex)) }
    }
  }

  func values(_ key: String) -> [String] { lines.filter { $0.key == key }.map(\.value) }

  mutating func append(_ key: String, _ value: String) { lines.append((key, value)) }

  mutating func add(_ key: String, _ value: String) {
    if !values(key).contains(value) { lines.append((key, value)) }
  }

  /// What follows `prefix` in the keys, each once, in order.
  func keys(after prefix: String) -> [String] {
    var names: [String] = []
    for line in lines where line.key.hasPrefix(prefix) {
      let name = String(line.key.dropFirst(prefix.count))
      if !names.contains(name) { names.append(name) }
    }
    return names
  }

  var text: String {
    "# Written by `gitrel install`; `gitrel uninstall` reads it to put back what was there.\n"
      + lines.map { "\(Self.encoded($0.key, isKey: true))=\(Self.encoded($0.value))\n" }.joined()
  }

  func write(in gitDirectory: String) throws(EngineFault) {
    try FileSystem.replace(
      "\(gitDirectory)/\(Self.fileName)", with: Array(text.utf8), mode: 0o644)
  }

  /// `%`, `=` in keys and control characters as `%XX`.
  private static func encoded(_ text: String, isKey: Bool = false) -> String {
    var out: [UInt8] = []
    let digits = Array("0123456789ABCDEF".utf8)
    for byte in text.utf8 {
      if byte < 0x20 || byte == UInt8(ascii: "%") || isKey && byte == UInt8(ascii: "=") {
        out += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  private static func decoded(_ text: BytesSlice) -> String {
    var out: [UInt8] = []
    var rest = text
    while let byte = rest.popFirst() {
      let digits = String(decoding: rest.prefix(2), as: UTF8.self)
      if byte == UInt8(ascii: "%"), let value = UInt8(digits, radix: 16) {
        out.append(value)
        rest = rest.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}
