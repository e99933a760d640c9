/// What may stand at one place of a policy file: found out by asking the readers themselves, so that
/// schema and reference cannot say anything else than what is read.
public struct SettingsShape: Hashable, Sendable {
  /// A kind of single values.
  public enum Word: Hashable, Sendable {
    /// Any text, quoted where it reads like something else.
    case text
    /// A whole number of a range.
    case number(ClosedRange<Int>)
    /// `true` or `false`.
    case flag
    /// One of these words.
    case choice([String])
    /// A regular expression.
    case pattern
    /// A pattern of refs; in a list, one that starts with `!` takes out.
    case refPattern
    /// A pattern of paths; in a list, one that starts with `!` takes out.
    case pathPattern
    /// `80%` or `80.25%`.
    case percentage
    /// A number of bytes of a range, as `5MB`.
    case size(ClosedRange<Int>)
    /// A length of time such as `36h`, in seconds.
    case duration
    /// A day or a moment in UTC.
    case moment
    /// The key of a trailer.
    case trailerKey
    /// A person or a role of the policy.
    case who
    /// A person of the policy.
    case person
    /// The name of a calendar of the policy.
    case calendar
    /// Nothing at all.
    case nothing
  }

  /// The single values that may stand here.
  public fileprivate(set) var words: [Word] = []
  /// What a list has here; none when there may be no list.
  public fileprivate(set) var items: [SettingsShape] = []
  /// Whether one item may stand for a list of it.
  public fileprivate(set) var takesOneForList = false
  /// Whether a map may stand here.
  public fileprivate(set) var isMap = false
  /// The keys that a map has here, in the order in which they are read.
  public fileprivate(set) var properties: [Property] = []
  /// What a map has under any other key; none when there may be no other.
  public fileprivate(set) var values: [SettingsShape] = []
  /// Of each of these lists of keys at least one must be there.
  public fileprivate(set) var required: [[String]] = []

  /// A key with what it holds.
  public struct Property: Hashable, Sendable {
    /// The key.
    public let key: String
    /// What it holds.
    public let shape: SettingsShape
  }

  /// Whether nobody asked what stands here.
  public var isEmpty: Bool { self == SettingsShape() }

  /// What stands under `key`.
  public subscript(_ key: String) -> SettingsShape? {
    properties.first { $0.key == key }?.shape
  }

  /// The shape of what `read` reads. It is given a node several times, which stands for whatever may
  /// be there, and is to read all of it.
  public static func found(by read: (SettingsNode, ProblemList) -> Void) -> SettingsShape {
    let recorder = ShapeRecorder()
    for variant in ShapeRecorder.Variant.allCases {
      recorder.variant = variant
      read(recorder.node(0), ProblemList(recorder: recorder))
    }
    return recorder.shape(of: 0)
  }
}

/// Notes what readers ask for.
final class ShapeRecorder {
  /// What nodes pretend to hold while a policy is read, for some readers look before they read. What
  /// is known to be a map stays one, so that what lies in it is reached.
  enum Variant: CaseIterable {
    case absent, map, list, number, percentage
  }

  var variant = Variant.absent
  private var places = [Place()]
  private static let file = "\u{0}"

  private enum Step: Hashable {
    case key(String)
    case item, value
  }

  private struct Place {
    var words: [SettingsShape.Word] = []
    var takesOneForList = false
    var isMap = false
    var required: [[String]] = []
    var steps: [Step] = []
    var places: [Step: Int] = [:]
  }

  func node(_ place: Int) -> SettingsNode {
    let position = Position(line: place + 1, column: 1, file: Self.file)
    let value: SettingsNode.Value =
      switch places[place].isMap ? .map : variant {
      case .absent: .absent
      case .map: .map([])
      case .list: .list([SettingsNode(.absent, at: at(child(.item, of: place)))])
      case .number: .scalar("1", isQuoted: false)
      case .percentage: .scalar("1%", isQuoted: false)
      }
    return SettingsNode(value, at: position)
  }

  func place(of node: SettingsNode) -> Int? {
    node.position.file == Self.file ? node.position.line - 1 : nil
  }

  func map(_ place: Int) { places[place].isMap = true }
  func key(_ key: String, of place: Int) -> Int { child(.key(key), of: place) }

  func value(of place: Int) -> Int {
    places[place].isMap = true
    return child(.value, of: place)
  }

  func item(of place: Int) -> Int {
    places[place].takesOneForList = true
    return child(.item, of: place)
  }

  func add(_ word: SettingsShape.Word, to place: Int) {
    if !places[place].words.contains(word) { places[place].words.append(word) }
  }

  func require(_ keys: [String], of place: Int) {
    if !places[place].required.contains(keys) { places[place].required.append(keys) }
  }

  private func at(_ place: Int) -> Position {
    Position(line: place + 1, column: 1, file: Self.file)
  }

  private func child(_ step: Step, of place: Int) -> Int {
    if let known = places[place].places[step] { return known }
    places.append(Place())
    places[place].steps.append(step)
    places[place].places[step] = places.count - 1
    return places.count - 1
  }

  func shape(of place: Int) -> SettingsShape {
    let found = places[place]
    var shape = SettingsShape()
    (shape.words, shape.isMap, shape.required) = (found.words, found.isMap, found.required)
    shape.takesOneForList = found.takesOneForList
    for step in found.steps {
      guard let child = found.places[step] else { continue }
      let inner = self.shape(of: child)
      switch step {
      case .key(let key): shape.properties.append(.init(key: key, shape: inner))
      case .value: shape.values = [inner]
      case .item: if found.takesOneForList || inner != SettingsShape() { shape.items = [inner] }
      }
    }
    return shape
  }
}

extension SettingsReader {
  /// While shapes are found out: notes that `node` holds a `word`, and says so, for there is nothing
  /// to read then.
  public func records(_ word: SettingsShape.Word, at node: SettingsNode) -> Bool {
    guard let recorder = problems.recorder, let place = recorder.place(of: node) else {
      return false
    }
    recorder.add(word, to: place)
    return true
  }

  /// The same of each item of the list under `key`.
  func recordsItems(_ word: SettingsShape.Word, under key: String) -> Bool {
    guard problems.recorder != nil else { return false }
    return (items(key) ?? []).contains { records(word, at: $0) }
  }

  /// Whether the map has none of `keys`, of which a rule needs one.
  public func lacks(_ keys: String...) -> Bool { lacks(keys) }

  /// The same.
  public func lacks(_ keys: [String]) -> Bool {
    let nodes = keys.map { node($0) }
    if let recorder = problems.recorder, let place {
      recorder.require(keys, of: place)
      return false
    }
    return nodes.allSatisfy { $0 == nil }
  }
}
