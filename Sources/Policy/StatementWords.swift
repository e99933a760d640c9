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
    case .declaration(let said):
      "\(said.name.isEmpty ? said.kind.rawValue : said.name.printable), by \(said.person.printable)"
    case .other: "of a kind that this gitrel does not know"
    }
  }
}
