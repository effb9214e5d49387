// Small, harmless preferences and drafts in localStorage. Storage may be full or forbidden: then they live
// as long as the page. Nothing that could sign anyone in is ever put here.

const PREFIX = "parley.";
const fallback = new Map<string, string>();

export function readStored(key: string): string | null {
  try {
    return localStorage.getItem(PREFIX + key) ?? fallback.get(key) ?? null;
  } catch {
    return fallback.get(key) ?? null;
  }
}

export function store(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(PREFIX + key);
    else localStorage.setItem(PREFIX + key, value);
    fallback.delete(key);
  } catch {
    if (value === null) fallback.delete(key);
    else fallback.set(key, value);
  }
}

export function forgetStored(startingWith: string): void {
  for (const key of fallback.keys()) if (key.startsWith(startingWith)) fallback.delete(key);
  try {
    for (const key of Object.keys(localStorage)) {
      if (key.startsWith(PREFIX + startingWith)) localStorage.removeItem(key);
    }
  } catch {
    // Nothing can be stored there, so nothing has to be forgotten.
  }
}
