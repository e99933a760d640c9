internal import GitModel
internal import Policy

/// What is known of the content that the commits of a case bring in.
extension TestHistory {
  /// What each commit changes; unknown where a case does not say.
  func changes(of members: [Member]) -> Fact<[CommitChanges]> {
    var all: [CommitChanges] = []
    for member in members {
      guard let changes = member.changes else {
        return .unknown(
          "the case does not state what \(member.shown) changes: give that commit `files`")
      }
      all.append(CommitChanges(commit: member.commit, changes: changes))
    }
    return .known(all)
  }

  /// The sizes of the blobs that come in.
  func sizes(of members: [Member]) -> Fact<[ObjectID: Int]> {
    var sizes: [ObjectID: Int] = [:]
    for member in members {
      for change in member.changes ?? [] {
        guard let entry = change.new, entry.kind != .submodule else { continue }
        guard let size = blobs[entry.id]?.size else {
          return .unknown(
            "the case does not state how large \(change.path.printable) is: give it a content or a `size`"
          )
        }
        sizes[entry.id] = size
      }
    }
    return changes(of: members).replacing(sizes)
  }

  /// The paths that come in beside others that differ in capitals alone.
  func caseClashes(of members: [Member]) -> Fact<[ObjectID: [CaseClash]]> {
    var clashes: [ObjectID: [CaseClash]] = [:]
    for member in members {
      // A merge may put together what each parent has alone.
      let known = member.commit.parents.first.flatMap { self.member($0) }?.tree ?? [:]
      let added = member.tree.keys.filter { known[$0] == nil }
        .sorted { $0.lexicographicallyPrecedes($1) }
      for path in added {
        if let other = Self.other(than: path, among: member.tree.keys) {
          clashes[member.commit.id, default: []].append(CaseClash(added: path, other: other))
        }
      }
    }
    return changes(of: members).replacing(clashes)
  }

  /// A path that is the same but for ASCII capitals, or a folder where the other is a file.
  private static func other(than path: Bytes, among paths: some Collection<Bytes>) -> Bytes? {
    let folded = path.asciiLowercased
    let slash = UInt8(ascii: "/")
    return paths.filter { other in
      let fold = other.asciiLowercased
      return other != path
        && (fold == folded || folded.starts(with: fold + [slash])
          || fold.starts(with: folded + [slash]))
    }.min { $0.lexicographicallyPrecedes($1) }
  }
}

extension TestHistory.Member {
  /// The word it goes by, or its subject.
  var shown: String { "`\(word ?? commit.subject.prefix(60).printable)`" }
}

extension Fact {
  /// Another value, known where this one is.
  fileprivate func replacing<Other>(_ other: Other) -> Fact<Other> {
    switch self {
    case .known: .known(other)
    case .unknown(let why): .unknown(why)
    case .notGathered: .notGathered
    }
  }
}
