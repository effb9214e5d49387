// Server-sent events over fetch, because EventSource cannot send an Authorization header.

export type SseFrame = { id: string | null; event: string; data: string };

/** Takes text in any pieces and gives whole frames; follows the parsing rules of the HTML standard. */
export class SseParser {
  private rest = "";
  private id: string | null = null;
  private event = "";
  private data: string[] = [];

  push(text: string): SseFrame[] {
    const frames: SseFrame[] = [];
    // A lone CR at the very end may be the first half of a CRLF: it waits for what follows.
    const available = this.rest + text;
    const held = available.endsWith("\r") ? 1 : 0;
    const lines = available.slice(0, available.length - held).split(/\r\n|\r|\n/);
    this.rest = (lines.pop() ?? "") + (held ? "\r" : "");
    for (const line of lines) {
      const frame = this.takeLine(line);
      if (frame) frames.push(frame);
    }
    return frames;
  }

  private takeLine(line: string): SseFrame | null {
    if (line === "") return this.dispatch();
    if (line.startsWith(":")) return null;
    const colon = line.indexOf(":");
    const field = colon === -1 ? line : line.slice(0, colon);
    const value = colon === -1 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "data") this.data.push(value);
    else if (field === "event") this.event = value;
    else if (field === "id" && !value.includes("\0")) this.id = value;
    return null;
  }

  private dispatch(): SseFrame | null {
    const frame = { id: this.id, event: this.event || "message", data: this.data.join("\n") };
    const isEmpty = this.data.length === 0;
    this.event = "";
    this.data = [];
    return isEmpty ? null : frame;
  }
}

/** The server sends a comment every 15 s; a connection silent for this long is taken for dead. */
const SILENCE_MS = 40_000;

export async function* readSse(
  response: Response,
  { silenceMs = SILENCE_MS, onBytes }: { silenceMs?: number; onBytes?: () => void } = {},
): AsyncGenerator<SseFrame> {
  if (!response.body) return;
  const parser = new SseParser();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  try {
    for (;;) {
      const { done, value } = await withinSilence(reader.read(), silenceMs);
      if (done) return;
      onBytes?.();
      yield* parser.push(decoder.decode(value, { stream: true }));
    }
  } finally {
    reader.cancel().catch(() => {
      // The connection is gone already, which is what was wanted.
    });
  }
}

async function withinSilence<T>(read: Promise<T>, silenceMs: number): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error("The stream fell silent.")), silenceMs);
  });
  try {
    return await Promise.race([read, silence]);
  } finally {
    clearTimeout(timer);
  }
}
