import { expect, test } from "vitest";
import { displayedMessages } from "./displayed-messages";
import { delta, question, reply, started } from "./turn-events.testing";
import type { Errand, LiveTurn } from "./turn-follower";
import { reduceTurn, type TurnState, waitingTurn } from "./turn-reducer";

const sending: Errand = {
  kind: "send",
  question: { client_message_id: "m", content: "Hello?" },
  askedAt: "2026-11-21T09:30:00Z",
};

const live = (turn: TurnState, errand: Errand = sending): LiveTurn => ({
  errand,
  turn,
  connection: "open",
  isStopping: false,
});

const shown = (...args: Parameters<typeof displayedMessages>) =>
  displayedMessages(...args).map(({ key, message }) => [key, message.content]);

const streaming = [started, delta(2, "Hi")].reduce(reduceTurn, waitingTurn as TurnState);

test("a question is shown at once, and keeps its key when the server has it", () => {
  expect(shown([], live(waitingTurn))).toEqual([["m", "Hello?"]]);
  expect(shown([], live(streaming))).toEqual([
    ["m", "Hello?"],
    ["r", "Hi"],
  ]);
  expect(shown([question, reply("Hi")], null)).toEqual([
    ["m", "Hello?"],
    ["r", "Hi"],
  ]);
});

test("stored messages are replaced by their live selves, not repeated", () => {
  expect(shown([question, reply("")], live(streaming))).toEqual([
    ["m", "Hello?"],
    ["r", "Hi"],
  ]);
});

test("after a reload the stored text stays while the turn is replayed", () => {
  const following: Errand = { kind: "follow", turnId: "t" };
  const stored = [question, reply("Hi there")];
  expect(shown(stored, live(waitingTurn, following)).at(-1)).toEqual(["r", "Hi there"]);
  expect(shown(stored, live(streaming, following)).at(-1)).toEqual(["r", "Hi there"]);
  const further = reduceTurn(streaming, delta(3, " there, Ada"));
  expect(shown(stored, live(further, following)).at(-1)).toEqual(["r", "Hi there, Ada"]);
});
