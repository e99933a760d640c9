internal import GitModel
public import Policy

/// A decision as workflow commands of GitHub Actions, which shows them beside the line of the policy.
///
/// https://docs.github.com/actions/reference/workflow-commands-for-github-actions
public enum DecisionAnnotations {
  /// The lines: the headline for the log, then an annotation for each verdict that refuses or would.
  public static func lines(_ decision: Decision) -> [String] {
    let (shown, left) = decision.told.filter(\.isFault).capped(to: DecisionText.maximumVerdicts)
    var lines = [plain(DecisionText.headline(decision))]
    lines += shown.map(annotation)
    if left > 0 { lines.append("::notice title=gitrel::and \(left) more") }
    return lines
  }

  private static func annotation(_ told: ToldVerdict) -> String {
    var properties: [String] = []
    if let file = told.file, let position = told.judged.position {
      properties += [
        "file=\(property(file))", "line=\(position.line)", "col=\(position.column)",
      ]
    }
    properties.append("title=\(property(told.title))")
    let command = told.judged.refuses ? "error" : "warning"
    let message = data(told.lines.joined(separator: "\n"))
    return "::\(command) \(properties.joined(separator: ","))::\(message)"
  }

  /// The message of a command, where `%`, CR and LF mean something.
  static func data(_ text: String) -> String {
    var out = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "%": out += "%25"
      case "\r": out += "%0D"
      case "\n": out += "%0A"
      default: out += String(scalar)
      }
    }
    return out
  }

  /// The value of a property, where `:` and `,` mean something too.
  static func property(_ text: String) -> String {
    var out = ""
    for scalar in data(text).unicodeScalars {
      switch scalar {
      case ":": out += "%3A"
      case ",": out += "%2C"
      default: out += String(scalar)
      }
    }
    return out
  }

  /// A line that is no command. The older form, `##[name]`, is one anywhere in a line.
  private static func plain(_ line: String) -> String {
    var out = ""
    for scalar in line.unicodeScalars {
      if scalar == "[", out.hasSuffix("##") { out += " " }
      out += String(scalar)
    }
    return out
  }
}
