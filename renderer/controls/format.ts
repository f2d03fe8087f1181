/** A rate with one decimal, without its unit. */
export function formatRate(perSecond: number): string {
  return perSecond.toFixed(1);
}

/** A time in milliseconds with three significant places, without its unit: 0.42, 8.31, 16.2, 120. */
export function formatMillis(millis: number): string {
  if (millis >= 99.95) return millis.toFixed(0);
  return millis >= 9.995 ? millis.toFixed(1) : millis.toFixed(2);
}

/** A share of 0 to 1 as whole per cent. */
export function formatPercent(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/** Bytes in decimal units, as disks are sold: `1.5 GB`. */
export function formatBytes(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit === 0 || value >= 99.5 ? value.toFixed(0) : value.toFixed(1)} ${units[unit]}`;
}

/** A duration as `m:ss` or `h:mm:ss`. */
export function formatDuration(seconds: number): string {
  const whole = Math.max(0, Math.floor(seconds));
  const two = (part: number) => String(part).padStart(2, '0');
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor(whole / 60) % 60;
  return hours > 0 ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
}

/** A count with thin spaces between thousands. */
export function formatCount(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, '\u202f');
}

/** Local date and time of an ISO instant: `2025-03-04 17:05:09`. */
export function formatInstant(iso: string): string {
  const date = new Date(iso);
  const two = (part: number) => String(part).padStart(2, '0');
  const day = [date.getFullYear(), two(date.getMonth() + 1), two(date.getDate())].join('-');
  return `${day} ${[date.getHours(), date.getMinutes(), date.getSeconds()].map(two).join(':')}`;
}
