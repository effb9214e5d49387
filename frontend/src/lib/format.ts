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

const TEN_CENTS = 100_000;

/**
 * Amounts that stand under each other have the same digits after the point. Model calls cost fractions of a cent:
 * where one of them is that small, all are told in hundredths of a cent.
 */
export function costFormat(microUsd: number[], locale?: string): (microUsd: number) => string {
  const hasSmall = microUsd.some((amount) => amount !== 0 && Math.abs(amount) < TEN_CENTS);
  const digits = hasSmall ? 4 : 2;
  const format = new Intl.NumberFormat(locale, {
    style: "currency",
    currency: "USD",
    currencyDisplay: "narrowSymbol",
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
  return (amount) => format.format(amount / 1_000_000);
}

export function formatCost(microUsd: number, locale?: string): string {
  return costFormat([microUsd], locale)(microUsd);
}

export function formatShare(share: number | null | undefined, locale?: string): string {
  if (share === null || share === undefined) return NOTHING;
  return new Intl.NumberFormat(locale, {
    style: "percent",
    maximumFractionDigits: share < 0.1 ? 2 : 1,
  }).format(share);
}
