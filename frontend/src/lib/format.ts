// Numbers, amounts and spans of time as a person reads them. The locale is the browser's unless given.

const NOTHING = "–";

export function formatCount(value: number, locale?: string): string {
  return new Intl.NumberFormat(locale).format(value);
}

/** 1,284 stays 1,284; 1,284,000 becomes 1.28M. */
export function formatCompact(value: number, locale?: string): string {
  if (Math.abs(value) < 10_000) return formatCount(value, locale);
  return new Intl.NumberFormat(locale, { notation: "compact", maximumSignificantDigits: 3 }).format(value);
}

export function formatDuration(durationMs: number | null | undefined, locale?: string): string {
  if (durationMs === null || durationMs === undefined) return NOTHING;
  if (durationMs < 1_000) return `${formatCount(Math.round(durationMs), locale)} ms`;
  if (durationMs < 59_950) {
    const seconds = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(durationMs / 1_000);
    return `${seconds} s`;
  }
  const seconds = Math.round(durationMs / 1_000);
  const rest = seconds % 60;
  const minutes = `${formatCount(Math.floor(seconds / 60), locale)} min`;
  return rest === 0 ? minutes : `${minutes} ${rest} s`;
}

/** Model calls cost fractions of a cent, so small amounts keep more digits. */
export function formatCost(microUsd: number, locale?: string): string {
  const usd = microUsd / 1_000_000;
  const digits = usd !== 0 && Math.abs(usd) < 1 ? 4 : 2;
  return new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: 2,
    maximumFractionDigits: digits,
  }).format(usd);
}

export function formatShare(share: number | null | undefined, locale?: string): string {
  if (share === null || share === undefined) return NOTHING;
  return new Intl.NumberFormat(locale, {
    style: "percent",
    maximumFractionDigits: share < 0.1 ? 2 : 1,
  }).format(share);
}
