/// A history told in one go: what it says becomes one stream for `git fast-import`.
///
/// Every commit and tag has a name of its own, by which later ones and the test refer to it. Dates
/// start at `HermeticEnvironment.start` and tick by a minute; ids are the same in every run.
public struct History {
  /// A key and a value at the end of a message.
  public struct Trailer: Hashable, Sendable {
    /// What stands before the colon.
    public let key: String
    /// What stands after it.
    public let value: String

    /// A trailer from its parts.
    public init(_ key: String, _ value: String) { (self.key, self.value) = (key, value) }
  }

  /// A name and address.
  public struct Person: Hashable, Sendable {
    /// The name, in any bytes.
    public let name: [UInt8]
    /// The address, in any bytes.
    public let email: [UInt8]

    /// A person by name and address.
    public init(_ name: String, _ email: String) {
      (self.name, self.email) = (Array(name.utf8), Array(email.utf8))
    }

    /// A person by bytes that need not be text.
    public init(name: [UInt8], email: [UInt8]) { (self.name, self.email) = (name, email) }

    /// The author of every commit that says nothing else.
    public static let ann = Person("Ann Author", "ann@example.org")
    /// The committer of every commit that says nothing else.
    public static let cem = Person("Cem Committer", "cem@example.org")
  }

  private var stream: [UInt8] = []
  private(set) var marks: [String: Int] = [:]
  private var tips: [String: String] = [:]
  private var moment = HermeticEnvironment.start

  init() {}

  /// The stream that was told.
  func finish() -> [UInt8] { stream + Array("done\n".utf8) }

  /// Makes a commit on a branch (or any ref, when `branch` starts with `refs/`).
  ///
  /// The first parent is the branch's tip, or what `from` names (a mark, or nil for the tip); a
  /// branch that does not exist yet starts with a root commit. `merging` names further parents.
  /// `files` are added to what the first parent has; nil removes one. The message is `message`, or the
  /// name, with the trailers as its last paragraph. A `date` leaves the ticking clock alone.
  public mutating func commit(
    _ name: String, on branch: String = "main", from start: String? = nil,
    merging others: [String] = [], files: [String: String?]? = nil, message: String? = nil,
    trailers: [Trailer] = [], author: Person = .ann, committer: Person = .cem, date: Int64? = nil
  ) {
    var text = message ?? name + "\n"
    if !trailers.isEmpty {
      text += "\n" + trailers.map { "\($0.key): \($0.value)\n" }.joined()
    }
    commit(
      name, on: branch, from: start, merging: others, files: files, bytes: Array(text.utf8),
      author: author, committer: committer, date: date)
  }

  /// The same with a message of any bytes.
  public mutating func commit(
    _ name: String, on branch: String = "main", from start: String? = nil,
    merging others: [String] = [], files: [String: String?]? = nil, bytes: [UInt8],
    author: Person = .ann, committer: Person = .cem, date: Int64? = nil
  ) {
    moment += 60
    let seconds = date ?? moment
    let ref = branch.hasPrefix("refs/") ? branch : "refs/heads/" + branch
    let first = start.map { tip(of: $0) } ?? tips[ref]
    // fast-import goes on from a ref that it knows; a new root needs a reset.
    if first == nil || start != nil { say("reset \(ref)\n") }
    let mark = newMark(name)
    say("commit \(ref)\nmark :\(mark)\n")
    say("author ", author, seconds)
    say("committer ", committer, seconds)
    data(bytes)
    if let first, let number = marks[first] { say("from :\(number)\n") }
    for other in others { say("merge :\(marks[tip(of: other)] ?? 0)\n") }
    for (path, content) in (files ?? ["\(name)": name + "\n"]).sorted(by: { $0.key < $1.key }) {
      if let content {
        say("M 100644 inline \(path)\n")
        data(Array(content.utf8))
      } else {
        say("D \(path)\n")
      }
    }
    say("\n")
    tips[ref] = name
  }

  /// Makes a commit on `branch` that merges what `others` name, with no change of its own.
  public mutating func merge(
    _ name: String, on branch: String = "main", of others: String..., message: String? = nil,
    trailers: [Trailer] = []
  ) {
    commit(
      name, on: branch, merging: others, files: [:], message: message, trailers: trailers)
  }

  /// Points a branch, or any ref, at what `target` names.
  public mutating func branch(_ branch: String, at target: String) {
    let ref = branch.hasPrefix("refs/") ? branch : "refs/heads/" + branch
    let mark = tip(of: target)
    say("reset \(ref)\nfrom :\(marks[mark] ?? 0)\n\n")
    tips[ref] = mark
  }

  /// Makes an annotated tag of what `target` names; the tag's name is also its mark. A `date` leaves the
  /// ticking clock alone.
  public mutating func tag(
    _ name: String, of target: String = "main", message: String? = nil, tagger: Person = .cem,
    date: Int64? = nil
  ) {
    moment += 60
    let number = marks[tip(of: target)] ?? 0
    let mark = newMark(name)
    say("tag \(name)\nmark :\(mark)\nfrom :\(number)\n")
    say("tagger ", tagger, date ?? moment)
    data(Array((message ?? name + "\n").utf8))
  }

  /// Makes a blob, so that a tag can point at one.
  public mutating func blob(_ name: String, _ content: String) {
    let mark = newMark(name)
    say("blob\nmark :\(mark)\n")
    data(Array(content.utf8))
  }

  private func tip(of name: String) -> String {
    if marks[name] != nil { return name }
    return tips[name] ?? tips["refs/heads/" + name] ?? name
  }

  private mutating func newMark(_ name: String) -> Int {
    let mark = marks.count + 1
    precondition(marks.updateValue(mark, forKey: name) == nil, "two things are named \(name)")
    return mark
  }

  private mutating func say(_ text: String) { stream += Array(text.utf8) }

  private mutating func say(_ key: String, _ person: Person, _ seconds: Int64) {
    say(key)
    stream += person.name + Array(" <".utf8) + person.email
    say("> \(seconds) +0000\n")
  }

  private mutating func data(_ bytes: [UInt8]) {
    say("data \(bytes.count)\n")
    stream += bytes
    say("\n")
  }
}
