// The state of one turn as the sum of its events. Pure: the same events give the same state, over any transport.
// How an event changes the reply is said twice, here and in the service (`fold` in turns/events.py).

import type { Message, ToolStep, TurnEvent } from "@/api/types";

export type TurnState = Waiting | Streaming | Ended;

export type Waiting = { phase: "waiting"; hasGap: boolean };

export type Streaming = {
  phase: "streaming";
  turnId: string;
  epoch: string;
  seq: number;
  question: Message | null;
  reply: Message;
  /** An event is missing: the follower must ask again from `seq`. */
  hasGap: boolean;
};

export type Ended = { phase: "ended"; turnId: string; question: Message | null; reply: Message };

/** Where to go on reading. */
export type Position = { epoch: string; seq: number };

export const waitingTurn: Waiting = { phase: "waiting", hasGap: false };

export function reduceTurn(state: TurnState, event: TurnEvent): TurnState {
  if (state.phase === "ended" || isOfAnotherTurn(state, event)) return state;
  switch (event.kind) {
    case "started":
      return isRepeat(state, event) ? state : begin(event.question, event.reply, event);
    case "snapshot":
      return begin(questionOf(state), event.reply, event);
    case "done":
    case "failed":
      return { phase: "ended", turnId: event.turn_id, question: questionOf(state), reply: event.reply };
    default:
      return advance(state, event);
  }
}

/** Null: from the start. */
export function resumePosition(state: TurnState): Position | null {
  return state.phase === "streaming" ? { epoch: state.epoch, seq: state.seq } : null;
}

type Change = Exclude<TurnEvent, { kind: "started" | "snapshot" | "done" | "failed" }>;

/** The reply as it is after an event that changes a part of it. */
function fold(reply: Message, event: Change): Message {
  switch (event.kind) {
    case "delta":
      return { ...reply, content: reply.content + event.text };
    case "reasoning":
      return { ...reply, reasoning: reply.reasoning + event.text };
    case "tool":
      return { ...reply, steps: withStep(reply.steps, { result: null, ...event.step }) };
    case "fallback": {
      const { failed, model, provider } = event;
      // An empty name counts as none, as it does in the service.
      const asked_model = reply.asked_model || reply.model;
      return { ...reply, fallbacks: [...reply.fallbacks, failed], model, provider, asked_model };
    }
    case "usage": {
      const { input_tokens, output_tokens, cached_tokens, reasoning_tokens, usage_source } = event;
      return { ...reply, input_tokens, output_tokens, cached_tokens, reasoning_tokens, usage_source };
    }
    default:
      // A newer service may tell of things this page does not know; what it does know goes on.
      return reply;
  }
}

function withStep(steps: Message["steps"], step: ToolStep): Message["steps"] {
  const isKnown = steps.some((known) => known.call_id === step.call_id);
  return isKnown ? steps.map((known) => (known.call_id === step.call_id ? step : known)) : [...steps, step];
}

function begin(question: Message | null, reply: Message, at: TurnEvent): Streaming {
  const { turn_id: turnId, epoch, seq } = at;
  return { phase: "streaming", turnId, epoch, seq, question, reply, hasGap: false };
}

function advance(state: Waiting | Streaming, event: Change): Waiting | Streaming {
  if (isRepeat(state, event)) return state;
  const isNext = state.phase === "streaming" && state.epoch === event.epoch && event.seq === state.seq + 1;
  if (!isNext) return { ...state, hasGap: true };
  return { ...state, reply: fold(state.reply, event), seq: event.seq, hasGap: false };
}

function isRepeat(state: Waiting | Streaming, event: TurnEvent): boolean {
  return state.phase === "streaming" && state.epoch === event.epoch && event.seq <= state.seq;
}

function isOfAnotherTurn(state: Waiting | Streaming, event: TurnEvent): boolean {
  return state.phase === "streaming" && state.turnId !== event.turn_id;
}

function questionOf(state: Waiting | Streaming): Message | null {
  return state.phase === "streaming" ? state.question : null;
}
