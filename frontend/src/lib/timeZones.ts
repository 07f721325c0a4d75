/** The names of the time zones that this engine knows, in order; the one in use stands first, UTC last where it is not known. */
export function timeZones(used: string): string[] {
  return [...new Set([used, ...Intl.supportedValuesOf("timeZone"), "UTC"])].filter((zone) => zone !== "");
}

/** A zone as people read it: "America/New York". */
export function zoneWords(zone: string): string {
  return zone.replaceAll("_", " ");
}
