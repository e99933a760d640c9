import GitModel
import Policy
import Release
import Testing

@Suite("mails")
struct MailMessageTests {
  private func mail(
    _ subject: String = "release v1.4: what it brings", _ lines: [String] = ["a"],
    id: String = "v1.4.scope", at second: Int64 = 1_795_082_400, to: [String] = ["team@example.com"]
  ) -> [String] {
    let mail = MailMessage(
      from: "rita@example.com", to: to, subject: subject, date: Instant(seconds: second), id: id,
      lines: lines)
    return String(decoding: mail.encoded, as: UTF8.self)
      .split(separator: "\r\n", omittingEmptySubsequences: false).map { String($0) }
  }

  @Test("headers and text as RFC 5322 has them")
  func whole() {
    #expect(
      mail(to: ["a@example.com", "b@example.com"]) == [
        "From: rita@example.com", "To: a@example.com,", " b@example.com",
        "Subject: release v1.4: what it brings", "Date: Thu, 19 Nov 2026 10:00:00 +0000",
        "Message-ID: <v1.4.scope@example.com>", "MIME-Version: 1.0",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: quoted-printable", "Auto-Submitted: auto-generated", "", "a",
        "",
      ])
  }

  @Test(
    "days of the week",
    arguments: [
      (0, "Thu, 01 Jan 1970"), (-1, "Wed, 31 Dec 1969"), (951_782_400, "Tue, 29 Feb 2000"),
      (4_102_444_800, "Fri, 01 Jan 2100"),
    ])
  func dates(_ second: Int64, _ day: String) {
    #expect(mail(at: second).contains { $0.hasPrefix("Date: \(day) ") })
  }

  @Test("no subject ends its header", arguments: subjects)
  func subject(_ text: String, _ header: [String]) {
    let lines = mail(text)
    let start = lines.firstIndex { $0.hasPrefix("Subject: ") } ?? 0
    #expect(Array(lines[start..<(start + header.count)]) == header)
    #expect(lines[start + header.count].hasPrefix("Date: "))
  }

  static let subjects: [(String, [String])] = [
    (
      "a\r\nBcc: all@example.com\r\n\r\nhello",
      ["Subject: =?utf-8?B?YQ0KQmNjOiBhbGxAZXhhbXBsZS5jb20NCg0KaGVsbG8=?="]
    ),
    ("Grüße", ["Subject: =?utf-8?B?R3LDvMOfZQ==?="]),
    ("=?utf-8?Q?x?=", ["Subject: =?utf-8?B?PT91dGYtOD9RP3g/PQ==?="]),
    (
      String(repeating: "ü", count: 30),
      [
        "Subject: =?utf-8?B?w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7zDvMO8w7w=?=",
        " =?utf-8?B?w7zDvMO8w7zDvMO8w7zDvA==?=",
      ]
    ),
  ]

  @Test("no id, and no line of the text, is anything else")
  func text() {
    let lines = mail("x", ["", ".", "From here", "a=b ü\t", "\u{0}"], id: "v1>\r\nX: y")
    #expect(lines.contains("Message-ID: <v1---X--y@example.com>"))
    let start = (lines.firstIndex(of: "") ?? 0) + 1
    #expect(
      Array(lines[start...]) == ["", "=2E", "=46rom here", "a=3Db =C3=BC=09", "=00", ""])
    let long = mail("x", [String(repeating: "ab=", count: 100)])
    #expect(long.allSatisfy { $0.utf8.count <= 76 })
    #expect(long.joined().utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F })
  }

  @Test(
    "addresses",
    arguments: [
      ("a@example.com", true), ("a+b.c@x-y.example", true), ("-f@example.com", false),
      ("a@b@c", false), ("a b@example.com", false), ("a@example.com\r\nBcc: b", false),
      ("Rita <a@example.com>", false), ("a@", false), ("@b", false), ("a..b@c", false),
      ("ü@example.com", false), ("a@exa_mple.com", false), ("\"a b\"@example.com", false),
    ])
  func addresses(_ text: String, _ isAddress: Bool) {
    #expect(ReleaseMailTerms.isAddress(text) == isAddress)
  }
}
