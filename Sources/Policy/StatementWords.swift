public import Evidence
internal import GitModel

extension Statement {
  /// What it says, in one line for people.
  public var words: String {
    switch predicate {
    case .tests(let result): "suite \(result.run.suite.printable): \(result.figures.words)"
    case .coverage(let result): "suite \(result.run.suite.printable): \(result.figures.words)"
    case .scan(let result): "suite \(result.run.suite.printable): \(result.figures.words)"
    case .approval(let said):
      "\(said.word.rawValue) by \(said.person.printable) for \(said.ref.short)\(said.role.isEmpty ? "" : " as \(said.role.printable)")"
    case .declaration(let said): "\(said.words), by \(said.person.printable)"
    case .other: "of a kind that this gitrel does not know"
    }
  }
}

extension Declaration {
  /// What is declared: its name, or what kind of thing it is.
  fileprivate var words: String {
    let tag = ref.map { " of \($0.short)" } ?? ""
    switch kind {
    case .signOff: return role.isEmpty ? kind.rawValue : "\(kind.rawValue) as \(role.printable)"
    case .rollback: return "\(kind.rawValue)\(tag)\(name.isEmpty ? "" : " to \(name.printable)")"
    default: return name.isEmpty ? kind.rawValue + tag : name.printable
    }
  }
}
