/// Why a text cannot be read, as a clause for people that goes after what the text is called.
public protocol WordedFault: Error {
  /// The clause.
  var words: String { get }
}
