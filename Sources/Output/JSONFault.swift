internal import FoundationEssentials
internal import Policy

/// A document could not be written as JSON. A reader must not take an empty one for an answer.
public struct JSONFault: Error, CustomStringConvertible {
  /// What went wrong.
  public let description: String

  /// `document` as JSON; every document is written by this.
  static func encode(_ document: some Encodable) throws(JSONFault) -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    do {
      return String(decoding: try encoder.encode(document), as: UTF8.self)
    } catch {
      throw JSONFault(
        description:
          "the answer cannot be written as JSON, which is a fault in gitrel: \("\(error)".cleaned.prefix(200))"
      )
    }
  }
}
