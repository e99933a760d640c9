internal import Glibc

/// Text that is compared with a file of the repository, `Tests/Snapshots/NAME.txt`.
///
/// When the file is missing, or `RECORD_SNAPSHOTS` is set, it is written and the comparison fails
/// nevertheless, so that a machine never blesses its own output. Recorded snapshots are read by a
/// person, and committed.
public enum Snapshot {
  /// Nil when `text` is what the file holds; else what to tell the reader of the test:
  /// `#expect(Snapshot.difference(text, "help/check") == nil)`.
  public static func difference(
    _ text: String, _ name: String, file: String = #filePath
  ) -> String? {
    guard let end = testsFolder(of: file) else { return "\(file) does not lie under Tests/" }
    let path = "\(end)/Snapshots/\(name).txt"
    let known = contents(of: path)
    if known == nil || getenv("RECORD_SNAPSHOTS") != nil {
      do { try write(text, to: path) } catch { return "\(error)" }
      return "recorded \(path); read it, then run again"
    }
    guard let known, known != Array(text.utf8) else { return nil }
    return firstDifference(String(decoding: known, as: UTF8.self), text, path)
  }

  private static func testsFolder(of file: String) -> String? {
    var folder = file[...]
    while let slash = folder.lastIndex(of: "/") {
      folder = folder[..<slash]
      if folder.hasSuffix("/Tests") { return String(folder) }
    }
    return nil
  }

  private static func firstDifference(_ known: String, _ text: String, _ path: String) -> String {
    let old = known.split(separator: "\n", omittingEmptySubsequences: false)
    let new = text.split(separator: "\n", omittingEmptySubsequences: false)
    for position in 0..<max(old.count, new.count) {
      let (left, right) = (
        position < old.count ? String(old[position]) : "(no such line)",
        position < new.count ? String(new[position]) : "(no such line)"
      )
      if left != right {
        return "\(path):\(position + 1)\n  snapshot: \(left)\n  now:      \(right)\n\n\(text)"
      }
    }
    return "\(path) differs in its line ends\n\n\(text)"
  }
}
