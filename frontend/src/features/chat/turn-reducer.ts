// The state of one turn as the sum of its events. Pure: the same events give the same state, over any transport.

import type { Message, TurnEvent } from "@/api/types";

export type TurnState = Waiting | Streaming | Ended;

export type Waiting = { phase: "waiting"; hasGap: boolean };

export type Streaming = {
  phase: "streaming";
  turnId: string;
  epoch: string;
  seq: number;
  question: Message | null;
  reply: Message;
  text: string;
  /** An event is missing: the follower must ask again from `seq`. */
  hasGap: boolean;
};

export type Ended = { phase: "ended"; turnId: string; question: Message | null; reply: Message };

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
    case "delta":
      return advance(state, event, (streaming) => ({ ...streaming, text: streaming.text + event.text }));
    case "usage":
      return advance(state, event, (streaming) => ({
        ...streaming,
        reply: { ...streaming.reply, ...usageOf(event) },
      }));
  }
}

/** Where to go on reading, as the `Last-Event-ID` header wants it. Null: from the start. */
export function resumePosition(state: TurnState): string | null {
  return state.phase === "streaming" ? `${state.epoch}:${state.seq}` : null;
}

function begin(question: Message | null, reply: Message, at: TurnEvent): Streaming {
  const { turn_id: turnId, epoch, seq } = at;
  return { phase: "streaming", turnId, epoch, seq, question, reply, text: reply.content, hasGap: false };
}

function advance(
  state: Waiting | Streaming,
  event: TurnEvent,
  apply: (state: Streaming) => Streaming,
): Waiting | Streaming {
  if (isRepeat(state, event)) return state;
  const isNext = state.phase === "streaming" && state.epoch === event.epoch && event.seq === state.seq + 1;
  return isNext ? { ...apply(state), seq: event.seq, hasGap: false } : { ...state, hasGap: true };
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

function usageOf(event: Extract<TurnEvent, { kind: "usage" }>): Partial<Message> {
  const { input_tokens, output_tokens, usage_source } = event;
  return { input_tokens, output_tokens, usage_source };
}
