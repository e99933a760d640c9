public import GitModel
public import Policy
internal import PolicyFile
internal import Schedule

/// One run of `gitrel policy import`.
public struct ImportRun {
  /// The systems whose files are read, by the names that a command line gives them.
  public static let kinds = ImportKind.allCases.map(\.rawValue)

  /// The largest file that is read, in bytes.
  public static let maximumSize = PolicyImport.maximumSize

  private let kind: ImportKind?
  private let options: ImportOptions

  /// A run over files of the system `kind`, or of whatever each file is.
  public init(
    from kind: String?, defaultBranch: String, repository: String?
  ) throws(EngineFault) {
    self.kind = kind.flatMap(ImportKind.init(rawValue:))
    if let kind, self.kind == nil {
      throw EngineFault(
        "there is no system `\(Bytes(kind.utf8).printable)` to import from",
        hints: [
          Spelling.suggestion(for: kind, among: Self.kinds)
            ?? "there is \(Self.kinds.joined(separator: ", "))"
        ])
    }
    options = ImportOptions(defaultBranch: defaultBranch, repository: repository)
  }

  /// The policy that the files make, which loads, and what it does not say of them.
  public func report(
    on files: [(name: String, bytes: Bytes)]
  ) throws(EngineFault) -> ImportReport {
    let report: ImportReport
    do throws(ImportFault) {
      report = try PolicyImport.report(on: files, kind: kind, options: options)
    } catch {
      throw EngineFault(error.message, hints: error.hints)
    }
    // What would not load helps nobody, and is a fault of gitrel's and not of the file.
    do throws(PolicyFault) {
      _ = try PolicyReader.read(Bytes(report.policy.utf8), file: "the imported policy") {
        identifier throws(ZoneFault) in throw ZoneFault("no zone is imported: \(identifier)")
      }
    } catch {
      throw EngineFault(
        "what was imported makes no policy that loads: this is a fault in gitrel",
        hints: error.lines)
    }
    return report
  }
}
