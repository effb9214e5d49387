// A network for tests: requests are answered in the order that was agreed, sockets do what the test says.

import { vi } from "vitest";
import { sessionKeeper } from "@/api/session";
import type { TurnEvent } from "@/api/types";
import { ways } from "./ways";

export type Asked = { path: string; body: unknown; from: string | null };
export type Answer = (signal: AbortSignal) => Response | Promise<Response>;

/** Stands where the browser's WebSocket is. Nothing happens by itself. */
export class TestSocket {
  static readonly OPEN = 1;
  static opened: TestSocket[] = [];
  readyState = 0;
  said: Record<string, unknown>[] = [];
  onopen: (() => void) | null = null;
  onmessage: ((message: { data: string }) => void) | null = null;
  onclose: ((event: { code: number }) => void) | null = null;

  constructor(readonly address: string) {
    TestSocket.opened.push(this);
  }

  send(text: string): void {
    this.said.push(JSON.parse(text));
  }

  close(): void {
    this.readyState = 3;
  }

  open(): void {
    this.readyState = 1;
    this.onopen?.();
    this.tell({ kind: "ready", conversation_id: "c", running_turn_id: null });
  }

  tell(frame: object): void {
    this.onmessage?.({ data: JSON.stringify(frame) });
  }

  drop(code = 1006): void {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

export class TestNetwork {
  asked: Asked[] = [];
  answers: Answer[] = [];

  /** Signs somebody in and takes the place of the browser's network. */
  constructor() {
    const token = `h.${btoa(JSON.stringify({ sub: "ada", name: "ada", roles: [] }))}.s`;
    sessionKeeper.adopt({ access_token: token, token_type: "bearer", expires_in: 600 });
    ways.forget();
    TestSocket.opened = [];
    vi.stubGlobal("WebSocket", TestSocket);
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => this.answer(path, init));
  }

  paths(): string[] {
    return this.asked.map(({ path }) => path);
  }

  private async answer(path: string, init: RequestInit): Promise<Response> {
    const body = typeof init.body === "string" ? JSON.parse(init.body) : null;
    this.asked.push({ path, body, from: new Headers(init.headers).get("Last-Event-ID") });
    const answer = this.answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer(init.signal ?? new AbortController().signal);
  }
}

export const accepted =
  (state: "running" | "queued" = "running"): Answer =>
  () =>
    new Response(JSON.stringify({ turn: turn(state) }), { status: 202 });

export function turn(state: "running" | "queued") {
  return { id: "t", question_id: "q", reply_id: "r", state };
}

export function stream(...events: TurnEvent[]): Answer {
  return () => new Response(framed(events), { headers: { "Content-Type": "text/event-stream" } });
}

/** A proxy that holds everything back until the answer has ended, which it never does. */
export const heldBack: Answer = (signal) =>
  new Promise((_, reject) =>
    signal.addEventListener("abort", () => reject(new DOMException("", "AbortError"))),
  );

export function polled(events: TurnEvent[], isOver = false): Answer {
  const last = events.at(-1);
  const last_event_id = last ? `${last.epoch}:${last.seq}` : "";
  return () => new Response(JSON.stringify({ events, last_event_id, is_over: isOver }));
}

export const refusal =
  (status: number, code: string): Answer =>
  () =>
    new Response(JSON.stringify({ code, detail: code }), { status });

export const lost: Answer = () => {
  throw new TypeError("Failed to fetch");
};

function framed(events: TurnEvent[]): string {
  return events
    .map(
      (event) => `id: ${event.epoch}:${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`,
    )
    .join("");
}
