internal import GitModel
internal import Policy

/// Reads `release: notes`.
enum ReleaseNotesReader {
  static func terms(_ release: SettingsReader) -> ReleaseNotesTerms {
    guard let node = release.node("notes") else { return ReleaseNotesTerms() }
    let reader = SettingsReader(node, name: "notes", problems: release.problems)
    let template = reader.text("template").flatMap { path -> String? in
      let parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
      let isPath = parts.allSatisfy {
        !$0.isEmpty && !$0.elementsEqual(".".utf8) && !$0.elementsEqual("..".utf8)
      }
      guard !isPath else { return path }
      reader.problems.add(
        "`template` is no path from the top of the repository",
        at: reader.node("template")?.position ?? reader.position,
        hint: "write `template: .gitrel/notes.md`")
      return nil
    }
    let tickets = reader.pattern("tickets")
    if let tickets, tickets.matchesAll(of: Bytes()) {
      reader.problems.add(
        "`tickets` matches nothing, and a ticket is something",
        at: reader.node("tickets")?.position ?? reader.position)
    }
    let link = reader.text("link").flatMap { text -> String? in
      guard !isLink(text) else { return text }
      reader.problems.add(
        "`link` is no address with `\(ReleaseNotesTerms.ticketMark)` in it",
        at: reader.node("link")?.position ?? reader.position,
        hint: "write `link: 'https://tracker.example/{ticket}'`")
      return nil
    }
    reader.finish()
    return ReleaseNotesTerms(template: template, tickets: tickets, link: link)
  }

  /// Whether the text is an address that Markdown takes whole between its brackets.
  private static func isLink(_ text: String) -> Bool {
    (text.hasPrefix("https://") || text.hasPrefix("http://"))
      && text.firstRange(of: ReleaseNotesTerms.ticketMark) != nil
      && text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"<>()\\\"".utf8.contains($0) }
  }
}
