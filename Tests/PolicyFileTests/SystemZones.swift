import Foundation
import GitModel

@testable import Schedule

/// The operating system's zone data.
enum SystemZones {
  static func zone(_ identifier: String) throws(ZoneFault) -> Zone {
    if let fault = Zone.fault(inIdentifier: identifier) { throw fault }
    guard
      let data = FileManager.default.contents(atPath: "/usr/share/zoneinfo/\(identifier)")
    else { throw ZoneFault("there is no zone `\(identifier)`") }
    return try Zone(identifier: identifier, tzif: Bytes(data))
  }
}
