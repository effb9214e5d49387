// Which addresses written by a model may become links. Everything else stays text.

const LINKED_PROTOCOLS = new Set(["http:", "https:", "mailto:"]);

/** Absolute web and mail addresses only; never script, data or an address that hides its host behind a name. */
export function safeLink(address: string): string | null {
  const url = parse(address);
  if (!url || !LINKED_PROTOCOLS.has(url.protocol)) return null;
  return url.username || url.password ? null : url.href;
}

/** The host a remote image would be loaded from, or null when it is not an ordinary web address. */
export function imageHost(address: string): string | null {
  const url = parse(address);
  return url && (url.protocol === "http:" || url.protocol === "https:") ? url.host : null;
}

function parse(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}
