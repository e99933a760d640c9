public import GitModel

/// A place in a policy file. Lines and columns count from 1; columns count characters.
public struct Position: Hashable, Sendable, Comparable {
  /// The file, when it is not the policy itself but one that it extends.
  public let file: String?
  /// The line.
  public let line: Int
  /// The column.
  public let column: Int

  /// A place.
  public init(line: Int, column: Int, file: String? = nil) {
    (self.line, self.column, self.file) = (line, column, file)
  }

  /// The policy itself first, then what it extends; earlier in a file first.
  public static func < (left: Position, right: Position) -> Bool {
    (left.file ?? "", left.line, left.column) < (right.file ?? "", right.line, right.column)
  }
}

/// A value of a policy file with its place, before any rule has given it a meaning.
public struct SettingsNode: Hashable, Sendable {
  /// What stands there.
  public indirect enum Value: Hashable, Sendable {
    /// Nothing at all, as after `fast-forward-only:`.
    case absent
    /// One word or line; `isQuoted` tells `"80"` from `80`.
    case scalar(String, isQuoted: Bool)
    /// A list.
    case list([SettingsNode])
    /// A map in the order of the file.
    case map([Entry])
  }

  /// One key of a map and what it holds.
  public struct Entry: Hashable, Sendable {
    /// The key.
    public let key: String
    /// Where the key stands.
    public let position: Position
    /// What it holds.
    public let node: SettingsNode

    /// A key at a place.
    public init(key: String, position: Position, node: SettingsNode) {
      (self.key, self.position, self.node) = (key, position, node)
    }
  }

  /// What stands there.
  public let value: Value
  /// Where.
  public let position: Position

  /// A value at a place.
  public init(_ value: Value, at position: Position) {
    (self.value, self.position) = (value, position)
  }

  var kind: String {
    switch value {
    case .absent: "nothing"
    case .scalar(let text, isQuoted: true): "the text \"\(text.cut(to: 60))\""
    case .scalar(let text, isQuoted: false): text.quoted
    case .list: "a list"
    case .map: "a map"
    }
  }
}

/// Something wrong in a policy file: where, what, and what to do, fit for a terminal.
public struct Problem: Error, Hashable, Sendable {
  /// Where in the file.
  public let position: Position
  /// What is wrong, with the offending text.
  public let text: String
  /// What to write instead, when that can be said.
  public let hint: String?

  /// A problem at a place.
  public init(_ text: String, at position: Position, hint: String? = nil) {
    (self.position, self.text, self.hint) = (position, text.cleaned, hint?.cleaned)
  }
}

/// Collects every problem of a file, so that one reading tells all of them.
public final class ProblemList {
  /// How many problems are kept. Who pushes a policy decides how many there are.
  public static let maximumCount = 100

  /// The problems so far, in the order in which they were met.
  public private(set) var problems: [Problem] = []
  /// How many there were beyond the ones that are kept.
  public private(set) var left = 0

  /// Notes what is asked for, when shapes are found out instead of a policy read.
  let recorder: ShapeRecorder?

  /// An empty list.
  public init() { recorder = nil }

  init(recorder: ShapeRecorder) { self.recorder = recorder }

  /// Notes a problem. The words are not made when there are too many problems already.
  public func add(
    _ text: @autoclosure () -> String, at position: Position,
    hint: @autoclosure () -> String? = nil
  ) {
    guard problems.count < Self.maximumCount else {
      left += 1
      return
    }
    problems.append(Problem(text(), at: position, hint: hint()))
  }

  /// Runs `body`; a fault that it throws becomes a problem at `position`, what it is about first, and
  /// the answer is nil.
  public func noting<Value, Fault: WordedFault>(
    at position: Position, _ subject: String, _ body: () throws(Fault) -> Value
  ) -> Value? {
    do { return try body() } catch {
      add(subject.isEmpty ? error.words : "\(subject) \(error.words)", at: position)
      return nil
    }
  }
}
