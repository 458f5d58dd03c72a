// Numbers as people read them. What nothing is known of is a dash.

export const NOTHING = "–";
const WHOLE = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const SHORT = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** Three digits that count at most, and all of a larger number: 0.12, 1.23, 12.3, 123, 1,234. */
/** The name of a worker as it stands beside many: `W1`, or `W1.0` with its rank. */
export function short_name(name) {
  return name.replace("worker-", "W").replace("-dp", ".");
}

/** Which worker had *row*: its number among those of all processes, and its rank where workers have some. */
export function where(row) {
  if (row.worker == null) return NOTHING;
  return row.dp_rank == null ? row.worker : `${row.worker}.${row.dp_rank}`;
}

export function number(value) {
  if (value == null) return NOTHING;
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size >= 100 || Number.isInteger(value)) return WHOLE.format(value);
  return size >= 10 ? value.toFixed(1) : size >= 1 ? value.toFixed(2) : String(Number(value.toFixed(3)));
}

/** A whole number with its thousands apart. */
export const count = (value) => (value == null ? NOTHING : WHOLE.format(value));

/** 1.2K, 3.4M, or the number itself when it is small. */
export const short = (value) => (value == null ? NOTHING : Math.abs(value) < 1000 ? number(value) : SHORT.format(value));

/** Milliseconds, or seconds and minutes of many. */
export function time(ms) {
  if (ms == null) return NOTHING;
  if (ms >= 120_000) return `${number(ms / 60_000)} min`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(ms >= 10_000 ? 1 : 2)} s`;
  return `${number(ms)} ms`;
}

export const percent = (value) => (value == null ? NOTHING : `${Number(value.toFixed(1))} %`);

export function dollars(value) {
  if (value == null) return NOTHING;
  const digits = value === 0 || value >= 1 ? 2 : value >= 0.01 ? 4 : 6;
  return `$${value.toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })}`;
}

/** The time of day of seconds since 1970. */
export const clock = (seconds) => new Date(seconds * 1000).toLocaleTimeString("en-GB");

export function duration(seconds) {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7200) return `${Math.floor(seconds / 60)} min`;
  return seconds < 172_800 ? `${(seconds / 3600).toFixed(1)} h` : `${(seconds / 86_400).toFixed(1)} days`;
}

export const gib = (mib) => (mib == null ? NOTHING : `${(mib / 1024).toFixed(1)} GiB`);
