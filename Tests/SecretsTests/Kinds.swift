import GitModel
import Policy
import PolicyFile
import Secrets
import Testing

/// The shipped patterns, read as gitrel reads those of a team: each proven.
let shipped: [SecretPattern] = ShippedPatterns.files.flatMap { file -> [SecretPattern] in
  do throws(PolicyFault) {
    return try SecretPatternReader.read(file.bytes, file: file.name)
  } catch {
    Issue.record("\(error.lines.joined(separator: "\n"))")
    return []
  }
}

let shippedKinds = shipped.map(kind)

func kind(_ pattern: SecretPattern) -> SecretKind {
  SecretKind(
    id: pattern.id, expression: pattern.expression, keywords: pattern.keywords,
    group: pattern.group, lines: pattern.lines, entropy: pattern.entropy,
    allowedValues: pattern.allowedValues, allowedWords: pattern.allowedWords)
}

/// A kind for tests: `key-` and eight digits.
let simple = SecretKind(id: "simple", expression: #"\bkey-([0-9]{8})\b"#, keywords: ["key-"])

/// What a scanner for `kinds` finds in `text`: each as `kind line:first-last start+length`.
func found(
  _ kinds: [SecretKind], in text: Bytes, values: [String] = [], fingerprints: Set<String> = []
) throws -> [String] {
  try SecretScanner(kinds, allowedValues: values, allowedFingerprints: fingerprints)
    .matches(in: text).matches.map {
      "\($0.kind) \($0.line):\($0.columns.lowerBound)-\($0.columns.upperBound) \($0.start)+\($0.length)"
    }
}

func found(_ kinds: [SecretKind], in text: String) throws -> [String] {
  try found(kinds, in: Bytes(text.utf8))
}
