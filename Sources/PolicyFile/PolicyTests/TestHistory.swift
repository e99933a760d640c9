internal import GitModel
internal import Policy

/// The history that a case of a policy test states: commits, tags and refs that exist nowhere but here.
struct TestHistory {
  /// A commit as a case states it.
  struct Member {
    let commit: Commit
    /// What it changes; nil where the case does not say.
    let changes: [Change]?
    /// Who signed it.
    let signature: SignatureReading
    /// What its tree holds as far as the case says, by path.
    let tree: [Bytes: Change.Entry]
    /// The word it goes by in the test file; nil when it has none.
    let word: String?
  }

  /// A blob as a case states it.
  struct Blob: Hashable {
    /// How many bytes it has; nil where the case does not say.
    let size: Int?
    /// The bytes; nil where the case does not say.
    let content: Bytes?
  }

  /// The commits in the order in which they are stated: parents before children.
  private(set) var members: [Member] = []
  private var places: [ObjectID: Int] = [:]
  /// The commits that have a word to go by.
  private(set) var words: [String: ObjectID] = [:]
  /// The annotated tags with who signed them.
  private(set) var tags: [ObjectID: (tag: Tag, signature: SignatureReading)] = [:]
  /// The blobs.
  private(set) var blobs: [ObjectID: Blob] = [:]
  /// What the refs point at.
  var refs: [(name: RefName, value: ObjectID)] = []
  private var count: UInt64 = 0

  func value(of name: RefName) -> ObjectID? { refs.first { $0.name == name }?.value }

  mutating func set(_ name: RefName, to value: ObjectID) {
    refs.removeAll { $0.name == name }
    refs.append((name, value))
  }

  func member(_ id: ObjectID) -> Member? { places[id].map { members[$0] } }

  /// The commit behind `id`, through annotated tags.
  func commit(at id: ObjectID) -> Member? {
    if let tag = tags[id] { return member(tag.tag.target) }
    return member(id)
  }

  /// An id that nothing else has. Ids of tests are made up, and the same in every run.
  mutating func freshID() -> ObjectID {
    count += 1
    return Self.id(count)
  }

  /// The id of a blob: the same for the same content.
  mutating func blob(_ blob: Blob, kind: Change.Entry.Kind) -> ObjectID {
    var seed: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in (blob.content ?? []) + Bytes("\(blob.size ?? -1) \(kind)".utf8) {
      seed = (seed ^ UInt64(byte)) &* 0x100_0000_01b3
    }
    // Where the content is not stated, nothing says that it is that of another file.
    let id = blob.content == nil ? freshID() : Self.id(seed)
    blobs[id] = blob
    return id
  }

  /// Spread over the 20 bytes (Sebastiano Vigna, "splitmix64"), so that ids look like ids.
  private static func id(_ seed: UInt64) -> ObjectID {
    var bytes = Bytes()
    var state = seed
    while bytes.count < 20 {
      state &+= 0x9e37_79b9_7f4a_7c15
      var mixed = state
      mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
      mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
      mixed ^= mixed >> 31
      for shift in stride(from: 56, through: 0, by: -8) {
        bytes.append(UInt8(truncatingIfNeeded: mixed >> UInt64(shift)))
      }
    }
    return ObjectID(raw: bytes.prefix(20)) ?? .zero
  }

  mutating func add(_ member: Member) {
    places[member.commit.id] = members.count
    if let word = member.word { words[word] = member.commit.id }
    members.append(member)
  }

  mutating func add(_ tag: Tag, _ signature: SignatureReading) { tags[tag.id] = (tag, signature) }

  /// The places of all commits that lead from one of `ids`, themselves included.
  func reach(_ ids: [ObjectID]) -> Set<Int> {
    var reached: Set<Int> = []
    var pending = ids.compactMap { commit(at: $0)?.commit.id }
    while let id = pending.popLast() {
      guard let place = places[id], reached.insert(place).inserted else { continue }
      pending += members[place].commit.parents
    }
    return reached
  }
}
