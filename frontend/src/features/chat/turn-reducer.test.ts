import { describe, expect, test } from "vitest";
import type { TurnEvent } from "@/api/types";
import {
  delta,
  done,
  failed,
  fallback,
  question,
  reasoning,
  reply,
  snapshot,
  started,
  tool,
  usage,
} from "./turn-events.testing";
import { reduceTurn, resumePosition, type TurnState, waitingTurn } from "./turn-reducer";

const fold = (...events: TurnEvent[]): TurnState => events.reduce(reduceTurn, waitingTurn as TurnState);
const textOf = (state: TurnState) => (state.phase === "streaming" ? state.reply.content : null);
const hasGap = (state: TurnState) => state.phase !== "ended" && state.hasGap;

test("a turn is the sum of its deltas", () => {
  const state = fold(started, delta(2, "one "), delta(3, "two"));
  expect(state).toMatchObject({ phase: "streaming", turnId: "t", question, hasGap: false });
  expect(textOf(state)).toBe("one two");
  expect(resumePosition(state)).toEqual({ epoch: "e1", seq: 3 });
});

test("before anything is known it resumes from the start", () => {
  expect(resumePosition(waitingTurn)).toBeNull();
});

describe("repeated events", () => {
  test("are ignored, one by one and as a whole replay", () => {
    expect(textOf(fold(started, delta(2, "one "), delta(2, "one "), delta(3, "two")))).toBe("one two");
    expect(textOf(fold(started, delta(2, "one "), started, delta(2, "one "), delta(3, "two")))).toBe(
      "one two",
    );
  });

  test("give the very same state, so that nothing is drawn again", () => {
    const state = fold(started, delta(2, "one "));
    expect(reduceTurn(state, delta(2, "one "))).toBe(state);
  });
});

describe("a gap", () => {
  test("is detected, nothing is appended over it, and the position stays before it", () => {
    const state = fold(started, delta(2, "one "), delta(4, "three"));
    expect(state).toMatchObject({ reply: { content: "one " }, hasGap: true });
    expect(resumePosition(state)).toEqual({ epoch: "e1", seq: 2 });
  });

  test("is closed by the missing event", () => {
    const state = fold(started, delta(3, "two"), delta(2, "one "), delta(3, "two"));
    expect(state).toMatchObject({ reply: { content: "one two" }, hasGap: false });
  });

  test("is also a beginning that was missed, and another epoch without a snapshot", () => {
    expect(hasGap(fold(delta(2, "one ")))).toBe(true);
    expect(hasGap(fold(started, delta(2, "one ", "e2")))).toBe(true);
  });
});

describe("a snapshot", () => {
  test("replaces the text and goes on from its number", () => {
    const state = fold(started, delta(2, "wrong"), snapshot(9, "one two "), delta(10, "three"));
    expect(state).toMatchObject({ reply: { content: "one two three" }, seq: 10, question });
  });

  test("may open another epoch, or be the first thing heard", () => {
    expect(resumePosition(fold(started, snapshot(4, "one", "e2")))).toEqual({ epoch: "e2", seq: 4 });
    expect(textOf(fold(snapshot(4, "one"), delta(5, " two")))).toBe("one two");
  });
});

test("a new epoch that starts again starts the text again", () => {
  expect(textOf(fold(started, delta(2, "old"), { ...started, epoch: "e2" }, delta(2, "new", "e2")))).toBe(
    "new",
  );
});

test("usage is noted with the reply", () => {
  expect(fold(started, delta(2, "one"), usage(3))).toMatchObject({
    reply: { input_tokens: 7, output_tokens: 2 },
  });
});

test("what the model thinks is kept apart from what it says", () => {
  expect(fold(started, reasoning(2, "Hm, "), reasoning(3, "two."), delta(4, "Two."))).toMatchObject({
    reply: { reasoning: "Hm, two.", content: "Two." },
  });
});

test("a tool's step is told twice and shown once, in the order of the first telling", () => {
  const state = fold(started, tool(2, "a", "running"), tool(3, "b", "running"), tool(4, "a", "done"));
  expect(state).toMatchObject({
    reply: {
      steps: [
        { call_id: "a", state: "done", result: "4" },
        { call_id: "b", state: "running", result: null },
      ],
    },
  });
});

test("after a fallback the reply is the other model's, and the one that was asked is remembered", () => {
  const asked = { ...started, reply: reply("", { model: "A" }) } as TurnEvent;
  const state = fold(asked, fallback(2, "A", "B"), fallback(3, "B", "C"));
  expect(state).toMatchObject({
    reply: { model: "C", asked_model: "A", provider: "two", fallbacks: [{ model: "A" }, { model: "B" }] },
  });
});

test("an event of a kind that this page does not know changes nothing and leaves no gap", () => {
  const news = { kind: "weather", turn_id: "t", epoch: "e1", seq: 2 } as unknown as TurnEvent;
  expect(fold(started, news, delta(3, "one"))).toMatchObject({ reply: { content: "one" }, hasGap: false });
});

test("a reply may begin with the text that it continues", () => {
  const continued = { ...started, reply: reply("One, ", { continues_id: "old" }) } as TurnEvent;
  expect(textOf(fold(continued, delta(2, "two")))).toBe("One, two");
});

describe("the end", () => {
  test("is what the server says, whatever was missed before", () => {
    const state = fold(started, delta(2, "one "), done(40, "one two three"));
    expect(state).toEqual({
      phase: "ended",
      turnId: "t",
      question,
      reply: reply("one two three", { outcome: "finished" }),
    });
  });

  test("keeps what was said when it failed", () => {
    expect(fold(started, delta(2, "one "), failed(3, "one "))).toMatchObject({
      phase: "ended",
      reply: { content: "one ", outcome: "failed", error_code: "provider_unavailable" },
    });
  });

  test("is final", () => {
    const state = fold(started, done(2, "all"));
    for (const event of [delta(3, "more"), snapshot(4, "other"), failed(5, ""), started]) {
      expect(reduceTurn(state, event)).toBe(state);
    }
  });
});

test("events of another turn are not ours", () => {
  const state = fold(started, delta(2, "one "));
  expect(reduceTurn(state, { ...delta(3, "two"), turn_id: "other" })).toBe(state);
});
