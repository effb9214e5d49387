import { describe, expect, test } from "vitest";
import { readSse, type SseFrame, SseParser } from "./sse";

const STREAM = [
  ": keep-alive",
  "",
  "id: e1:1",
  "event: started",
  'data: {"text":"Grüße 👋"}',
  "",
  "data: two",
  "data:lines",
  "",
  "event: empty",
  "",
  "id",
  "data",
  "",
  "",
].join("\n");

const FRAMES: SseFrame[] = [
  { id: "e1:1", event: "started", data: '{"text":"Grüße 👋"}' },
  { id: "e1:1", event: "message", data: "two\nlines" },
  { id: "", event: "message", data: "" },
];

function parse(pieces: string[]): SseFrame[] {
  const parser = new SseParser();
  return pieces.flatMap((piece) => parser.push(piece));
}

describe("the parser", () => {
  test("gives whole frames, joins data lines, skips comments and events without data", () => {
    expect(parse([STREAM])).toEqual(FRAMES);
  });

  test.each([
    ["LF", "\n"],
    ["CRLF", "\r\n"],
    ["CR", "\r"],
  ])("gives the same frames wherever the text is cut (%s)", (_, lineEnd) => {
    // A lone CR at the very end waits for what follows; a comment follows.
    const text = `${STREAM.replaceAll("\n", lineEnd)}: end`;
    for (let cut = 0; cut <= text.length; cut += 1) {
      expect(parse([text.slice(0, cut), text.slice(cut)])).toEqual(FRAMES);
    }
    expect(parse(Array.from(text))).toEqual(FRAMES);
  });
});

function streamed(bytes: Uint8Array, size: number): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        for (let at = 0; at < bytes.length; at += size) controller.enqueue(bytes.slice(at, at + size));
        controller.close();
      },
    }),
  );
}

describe("reading a response", () => {
  test.each([1, 2, 3, 7, 1_000])("survives characters cut into pieces of %i bytes", async (size) => {
    const frames: SseFrame[] = [];
    for await (const frame of readSse(streamed(new TextEncoder().encode(STREAM), size))) frames.push(frame);
    expect(frames).toEqual(FRAMES);
  });

  test("takes a silent connection for a dead one", async () => {
    const silent = new Response(new ReadableStream({}));
    await expect(readSse(silent, { silenceMs: 10 }).next()).rejects.toThrow("silent");
  });
});
