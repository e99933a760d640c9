internal import Evidence
internal import GitModel
internal import GitStore

/// The objects of git in an evidence bundle: the tag, the commit that it stands on, and the commits that
/// came with the release, each hashed, so that every id is that of the content.
struct BundledObjects {
  /// An object as it is stored.
  struct Object {
    let id: ObjectID
    let kind: ObjectKind
    let content: Bytes
  }

  /// The tag, and what it is made of.
  let tag: Tag
  let tagContent: Bytes
  /// The commit that it stands on.
  let commit: Commit
  /// The ids of that commit and of the others, each of which is a parent of one before it.
  let commits: Set<ObjectID>

  /// Reads the objects, the tag and its commit first.
  init(parsing bytes: Bytes) throws(EvidenceFault) {
    let objects = try Self.objects(in: bytes)
    guard objects.count >= 2, objects[0].kind == .tag, objects[1].kind == .commit else {
      throw EvidenceFault("the objects do not begin with a tag and its commit")
    }
    do throws(ObjectFault) {
      tag = try Tag(id: objects[0].id, content: objects[0].content[...])
      commit = try Commit(id: objects[1].id, content: objects[1].content[...])
    } catch { throw EvidenceFault("the object \(error.id.short) \(error.words)") }
    tagContent = objects[0].content
    guard tag.targetKind == .commit, tag.target == commit.id else {
      throw EvidenceFault("the tag object stands on \(tag.target.short), not on \(commit.id.short)")
    }
    var commits: Set<ObjectID> = [commit.id]
    var parents = Set(commit.parents)
    for object in objects.dropFirst(2) {
      guard object.kind == .commit, parents.contains(object.id),
        commits.insert(object.id).inserted
      else {
        throw EvidenceFault("the object \(object.id.short) has no part in the release")
      }
      parents.formUnion(Self.parents(of: object.content))
    }
    self.commits = commits
  }

  /// The objects as `git cat-file --batch` writes them.
  static func encoded(_ objects: [Object]) -> Bytes {
    objects.reduce(into: []) { out, object in
      out += "\(object.id.hex) \(object.kind.rawValue) \(object.content.count)\n".utf8
      out += object.content + [UInt8(ascii: "\n")]
    }
  }

  private static func objects(in bytes: Bytes) throws(EvidenceFault) -> [Object] {
    var objects: [Object] = []
    var rest = bytes[...]
    while !rest.isEmpty {
      let head = rest.prefix(80).prefix { $0 != UInt8(ascii: "\n") }
      let words = head.split(separator: UInt8(ascii: " "), omittingEmptySubsequences: false)
      guard words.count == 3, let id = ObjectID(hex: words[0]),
        let kind = ObjectKind(rawValue: String(decoding: words[1], as: UTF8.self)),
        let size = Int(String(decoding: words[2], as: UTF8.self)), size >= 0, size <= bytes.count,
        case let body = rest[head.endIndex...].dropFirst(), body.count > size,
        body[body.startIndex + size] == UInt8(ascii: "\n")
      else { throw EvidenceFault("object \(objects.count + 1) of the bundle cannot be read") }
      let content = Bytes(body.prefix(size))
      let found: ObjectID
      do throws(GitError) { found = try Repository.id(of: content, kind: kind) } catch {
        throw EvidenceFault("the object \(id.short) cannot be hashed: \(error)")
      }
      guard found == id else {
        throw EvidenceFault(
          "the \(kind.rawValue) \(id.short) has another content than its id: that of \(found.short)"
        )
      }
      objects.append(Object(id: id, kind: kind, content: content))
      rest = body.dropFirst(size + 1)
    }
    return objects
  }

  /// The parents that the headers of a commit name; histories hold commits that the strict reader does
  /// not take.
  private static func parents(of content: Bytes) -> [ObjectID] {
    let lines = content.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    return lines.prefix { !$0.isEmpty }.compactMap { line in
      line.starts(with: "parent ".utf8) ? ObjectID(hex: line.dropFirst(7)) : nil
    }
  }
}
