internal import Glibc
public import Testing

extension Trait where Self == ConditionTrait {
  /// For tests on the real files beside the repository. A stranger who tries the demo has none of
  /// them, and says so with GITREL_WITHOUT_SAMPLES; without that word a missing folder is a failure.
  public static var needsSamples: Self {
    .disabled(if: getenv("GITREL_WITHOUT_SAMPLES") != nil, "the samples are not here")
  }
}
