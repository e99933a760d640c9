/// Takes gitrel out of a repository and puts back what was there, as the record tells it.
public enum Removal {
  /// Removes hooks and configuration, and says what was done. A second run has nothing to do.
  public static func run(_ site: InstallSite) throws(EngineFault) -> InstallReport {
    var report = InstallReport()
    guard var record = InstallRecord(in: site.gitDirectory) else {
      report.done.append("not installed in \(site.gitDirectory): nothing to do")
      for hook in HookName.allCases {
        let path = "\(site.hooksDirectory)/\(hook.rawValue)"
        if FileSystem.contents(path).map(HookShim.isShim) == true {
          report.advice.append(
            "\(path) calls gitrel but was not put there by gitrel install; left as it is")
        }
      }
      return report
    }
    for hook in HookName.allCases {
      guard let path = record["path.\(hook.rawValue)"] else { continue }
      let file = HookFile(hook: hook, path: path)
      guard file.belongs(to: site) else {
        throw EngineFault(
          "the record of the installation names '\(path)', outside the repository",
          hints: ["mend \(site.gitDirectory)/\(InstallRecord.fileName), then run this again"])
      }
      if try file.remove(&record, &report) {
        for key in ["path", "before", "shim"] { record["\(key).\(hook.rawValue)"] = nil }
        try record.write(in: site.gitDirectory)
      }
    }
    try restoreSettings(site, &record, &report)
    for directory in record.values("directory").reversed() {
      FileSystem.removeIfEmpty(directory)
    }
    // A shim that was left keeps its lines, so that a later run still knows it.
    if record.keys(after: "path.").isEmpty {
      try FileSystem.remove("\(site.gitDirectory)/\(InstallRecord.fileName)")
      if !report.isChanged { report.done.append("nothing was left to remove") }
    } else {
      try record.write(in: site.gitDirectory)
    }
    return report
  }

  private static func restoreSettings(
    _ site: InstallSite, _ record: inout InstallRecord, _ report: inout InstallReport
  ) throws(EngineFault) {
    for key in record.keys(after: "added.") {
      for value in record.values("added.\(key)") {
        guard try GitSettings(site.git, isLocal: true).values(key).contains(value) else { continue }
        try site.git.configure(site, ["--fixed-value", "--unset-all", key, value])
        report.did("config \(key) -= \(value)")
      }
      record["added.\(key)"] = nil
    }
    for key in record.keys(after: "changed.") {
      let before = record.values("before.\(key)")
      let now = try GitSettings(site.git, isLocal: true).values(key)
      if now == record.values("changed.\(key)") {
        try site.git.configure(site, ["--unset-all", key])
        for value in before {
          try site.git.configure(site, ["--add", key, value])
        }
        report.did(
          before.isEmpty
            ? "config \(key): unset" : "config \(key) = \(before.joined(separator: ", "))")
      } else if now != before {
        report.advice.append("config \(key) was changed since gitrel set it; left as it is")
      }
      record["changed.\(key)"] = nil
      record["before.\(key)"] = nil
    }
    try record.write(in: site.gitDirectory)
  }
}
