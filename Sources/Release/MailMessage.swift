public import GitModel

/// A mail as RFC 5322 writes it: plain text, and nothing in it but ASCII. What stands in it was written by
/// anybody; no part can end the header that it stands in.
public struct MailMessage: Hashable, Sendable {
  /// The address that it comes from: one that `ReleaseMailTerms.isAddress` holds.
  public let from: String
  /// The addresses that it goes to, of the same kind.
  public let to: [String]
  /// What it is about.
  public let subject: String
  /// When it was written.
  public let date: Instant
  /// What stands before the `@` of its Message-ID: letters, digits, `.` and `-`.
  public let id: String
  /// The text.
  public let lines: [String]

  /// A mail from its parts.
  public init(
    from: String, to: [String], subject: String, date: Instant, id: String, lines: [String]
  ) {
    (self.from, self.to, self.subject) = (from, to, subject)
    (self.date, self.id, self.lines) = (date, id, lines)
  }

  /// The mail with CRLF at the end of each line, as it is kept in a file and sent.
  public var encoded: Bytes {
    let domain = from.split(separator: "@").last.map { String($0) } ?? "localhost"
    let local = id.unicodeScalars.map { scalar in
      let isPlain =
        scalar.isASCII
        && (scalar.properties.isAlphabetic || "0123456789.-".contains(Character(scalar)))
      return isPlain ? String(scalar) : "-"
    }.joined()
    var lines = [
      "From: \(from)",
      "To: \(to.joined(separator: ",\r\n "))",
      "Subject: \(Self.unstructured(subject, after: "Subject: ".utf8.count))",
      "Date: \(Self.date(date))",
      "Message-ID: <\(local)@\(domain)>",
      "MIME-Version: 1.0",
      "Content-Type: text/plain; charset=utf-8",
      "Content-Transfer-Encoding: quoted-printable",
      "Auto-Submitted: auto-generated",
      "",
    ]
    for line in self.lines { lines += Self.quotedPrintable(Bytes(line.utf8)) }
    return Bytes(lines.map { $0 + "\r\n" }.joined().utf8)
  }

  // MARK: - Parts

  /// `Thu, 19 Nov 2026 10:00:00 +0000` (RFC 5322, 3.3).
  private static func date(_ instant: Instant) -> String {
    let text = Array(instant.utcText.utf8)
    let days = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"]
    let months = [
      "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
    // The first of January 1970 was a Thursday.
    let second = (instant.seconds % 86_400 + 86_400) % 86_400
    let day = ((instant.seconds - second) / 86_400 % 7 + 7) % 7
    let month = months[max(0, min(11, (Int(part(5..<7)) ?? 1) - 1))]
    return
      "\(days[Int(day)]), \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) +0000"
  }

  /// Text that may stand in a header: as it is, where it is short printable ASCII that reads as nothing
  /// else, and else in encoded words of whole characters, one to a line (RFC 2047, 2 and 5).
  private static func unstructured(_ text: String, after start: Int) -> String {
    let isPlain = text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
    if isPlain, !text.contains("=?"), start + text.utf8.count <= 78, !text.hasPrefix(" "),
      !text.hasSuffix(" ")
    {
      return text
    }
    // `=?utf-8?B?` and `?=` leave 63 of 75 characters, and 45 bytes make 60.
    var words: [Bytes] = []
    var word = Bytes()
    for scalar in text.unicodeScalars {
      let bytes = Bytes(String(scalar).utf8)
      if word.count + bytes.count > 45 {
        words.append(word)
        word = []
      }
      word += bytes
    }
    words.append(word)
    return words.map { "=?utf-8?B?\(String(decoding: Base64.encode($0), as: UTF8.self))?=" }
      .joined(separator: "\r\n ")
  }

  /// A line of the text, on as many lines as it takes (RFC 2045, 6.7).
  private static func quotedPrintable(_ line: Bytes) -> [String] {
    var lines: [String] = []
    var current = ""
    for (index, byte) in line.enumerated() {
      let isLast = index == line.count - 1
      let isBlank = byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t")
      // A line that starts with `From ` or a dot means something to some who keep or carry mail.
      let isFirst = current.isEmpty && (byte == UInt8(ascii: "F") || byte == UInt8(ascii: "."))
      let isPlain =
        (byte > 0x20 && byte < 0x7F && byte != UInt8(ascii: "=") || isBlank && !isLast) && !isFirst
      let digits = String(byte, radix: 16, uppercase: true)
      let shown = isPlain ? String(UnicodeScalar(byte)) : "=\(digits.count < 2 ? "0" : "")\(digits)"
      if current.utf8.count + shown.utf8.count > 75 {
        lines.append(current + "=")
        current = ""
      }
      current += shown
    }
    return lines + [current]
  }
}
