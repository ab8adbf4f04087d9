// What a clock of a time zone shows, by the browser's own rules.
const formats = new Map<string, Intl.DateTimeFormat | null>();

function formatOf(zone: string): Intl.DateTimeFormat | null {
  let format = formats.get(zone);
  if (format === undefined) {
    try {
      format = new Intl.DateTimeFormat("en-GB", { timeZone: zone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
    } catch {
      format = null;
    }
    formats.set(zone, format);
  }
  return format;
}

/** Minutes that the clocks of `zone` are ahead of UTC at a moment; NaN if the zone is not known here. */
export function offset(zone: string, moment: number): number {
  const format = formatOf(zone);
  if (!format) return NaN;
  const parts: Record<string, number> = {};
  for (const { type, value } of format.formatToParts(moment)) parts[type] = Number(value);
  const shown = Date.UTC(parts["year"] ?? 0, (parts["month"] ?? 1) - 1, parts["day"], parts["hour"], parts["minute"], parts["second"]);
  return Math.round((shown - Math.floor(moment / 1000) * 1000) / 60_000);
}
