import GitModel

/// One thing that a check found, and the command that mends it.
public struct DoctorFinding: Sendable, Hashable {
  /// The id of the check, such as `hook-pre-receive`.
  public let check: String
  /// Whether all is well.
  public let isFine: Bool
  /// What was found.
  public let text: String
  /// The command that mends it; nil when all is well.
  public let fix: String?

  /// All is well.
  public static func fine(_ check: String, _ text: String) -> DoctorFinding {
    DoctorFinding(check: check, isFine: true, text: text, fix: nil)
  }

  /// Something is wrong.
  public static func problem(_ check: String, _ text: String, fix: String) -> DoctorFinding {
    DoctorFinding(check: check, isFine: false, text: text, fix: fix)
  }
}

/// What the checks look at.
public struct DoctorSubject {
  /// The repository.
  public let site: InstallSite
  /// The time now, in seconds since 1970.
  public let now: Int
  /// The directory of the zone data.
  public let zones: String
  let settings: GitSettings
  let record: InstallRecord?

  /// Reads what several checks need.
  public init(
    _ site: InstallSite, now: Int, zones: String = "/usr/share/zoneinfo"
  ) throws(EngineFault) {
    (self.site, self.now, self.zones) = (site, now, zones)
    settings = try GitSettings(site.git)
    record = InstallRecord(in: site.gitDirectory)
  }

  /// `gitrel install ...` for this repository.
  var installCommand: String {
    site.side == .server
      ? "gitrel install --server \(quotedDirectory)"
      : "gitrel install"
  }

  /// `git ...` for this repository.
  var gitCommand: String { site.side == .server ? "git --git-dir=\(quotedDirectory)" : "git" }

  var quotedDirectory: String { HookShim.quoted(site.gitDirectory) }

  func path(_ name: String) -> String { "\(site.gitDirectory)/\(name)" }
}

/// One check of `gitrel doctor`. A new one is a function and a line in the list.
public struct DoctorCheck: Sendable {
  let sides: Set<InstallSite.Side>
  let run: @Sendable (DoctorSubject) throws(EngineFault) -> [DoctorFinding]

  /// All checks, in the order in which they are told.
  public static let all: [DoctorCheck] = [
    DoctorCheck(sides: [.client, .server], run: DoctorChecks.gitVersion),
    DoctorCheck(sides: [.client, .server], run: DoctorChecks.zoneData),
    DoctorCheck(sides: [.client, .server], run: DoctorChecks.format),
    DoctorCheck(sides: [.client, .server], run: DoctorChecks.owner),
    DoctorCheck(sides: [.client, .server], run: DoctorChecks.binary),
    DoctorCheck(sides: [.client, .server], run: DoctorChecks.hooksDirectory),
    DoctorCheck(sides: [.client, .server], run: DoctorChecks.hooks),
    DoctorCheck(sides: [.server], run: DoctorChecks.receiveSettings),
    DoctorCheck(sides: [.server], run: DoctorChecks.grafts),
    DoctorCheck(sides: [.server], run: DoctorChecks.replacements),
    DoctorCheck(sides: [.server], run: DoctorChecks.alternates),
    DoctorCheck(sides: [.server], run: DoctorChecks.quarantines),
    DoctorCheck(sides: [.server], run: DoctorChecks.shallow),
    DoctorCheck(sides: [.client], run: DoctorChecks.fetching),
    DoctorCheck(sides: [.client, .server], run: DoctorChecks.policy),
    DoctorCheck(sides: [.client, .server], run: GateChecks.policyLoads),
    DoctorCheck(sides: [.server], run: GateChecks.log),
  ]

  /// Runs every check that concerns the repository. A check that cannot be made is a problem.
  public static func examine(_ subject: DoctorSubject) -> [DoctorFinding] {
    var findings: [DoctorFinding] = []
    for check in all where check.sides.contains(subject.site.side) {
      do {
        findings += try check.run(subject)
      } catch {
        findings.append(
          .problem(
            "check", error.message, fix: error.hints.first ?? "mend it, and run gitrel doctor again"
          ))
      }
      // What cannot be opened has nothing else that could be looked at.
      if findings.contains(where: { $0.check == "format" && !$0.isFine }) { break }
    }
    return findings
  }
}
