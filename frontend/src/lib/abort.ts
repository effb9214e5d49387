// Signals that end together. (`AbortSignal.any` is younger than the browsers we support.)

export type Leash = { signal: AbortSignal; abort: () => void; release: () => void };

/** A signal of one's own that also ends when another one does. */
export function leashTo(other: AbortSignal): Leash {
  const own = new AbortController();
  const abort = () => own.abort();
  if (other.aborted) abort();
  other.addEventListener("abort", abort);
  return { signal: own.signal, abort, release: () => other.removeEventListener("abort", abort) };
}
