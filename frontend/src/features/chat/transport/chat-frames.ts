// The frames of the WebSocket door (turns/frames.py): what we say, and what we hear besides the events of turns.

import type { Again, Question, Turn, TurnEvent } from "@/api/types";

export type AskingFrame =
  | ({ kind: "send" } & Question)
  | ({ kind: "regenerate" | "continue"; message_id: string } & Again);

export type ClientFrame =
  | AskingFrame
  | { kind: "auth"; token: string }
  | { kind: "follow"; turn_id: string; epoch: string | null; after: number }
  | { kind: "ping" };

export type ServerFrame =
  | { kind: "ready"; conversation_id: string; running_turn_id: string | null }
  | { kind: "accepted"; client_message_id: string; turn: Turn }
  | { kind: "problem"; code: string; detail: string; client_message_id?: string; [fact: string]: unknown }
  | { kind: "pong" }
  | TurnEvent;

export function frameFrom(data: unknown): ServerFrame | null {
  try {
    const frame: unknown = typeof data === "string" ? JSON.parse(data) : null;
    return isFrame(frame) ? frame : null;
  } catch {
    return null;
  }
}

function isFrame(value: unknown): value is ServerFrame {
  return typeof value === "object" && value !== null && "kind" in value && typeof value.kind === "string";
}
