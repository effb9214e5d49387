import { expect, test } from "vitest";
import { displayedMessages, leafOf } from "./displayed-messages";
import type { Errand, SendErrand } from "./turn-errand";
import { delta, question, reply, started } from "./turn-events.testing";
import type { LiveTurn } from "./turn-follower";
import { reduceTurn, type TurnState, waitingTurn } from "./turn-reducer";

const ASKED_AT = "2026-11-21T09:30:00Z";

const sending: SendErrand = {
  kind: "send",
  question: { client_message_id: "m", content: "Hello?" },
  parentId: null,
  askedAt: ASKED_AT,
};

const live = (turn: TurnState, errand: Errand = sending, change: Partial<LiveTurn> = {}): LiveTurn => ({
  key: "m",
  errand,
  turn,
  connection: "open",
  way: "socket",
  isStopping: false,
  isQueued: false,
  ids: null,
  turnId: turn.phase === "waiting" ? null : "t",
  ...change,
});

const shown = (...args: Parameters<typeof displayedMessages>) =>
  displayedMessages(...args).map(({ key, message }) => [key, message.content]);

const streaming = [started, delta(2, "Hi")].reduce(reduceTurn, waitingTurn as TurnState);

test("a question is shown at once, and keeps its key when the server has it", () => {
  expect(shown([], [live(waitingTurn)])).toEqual([["m", "Hello?"]]);
  expect(shown([], [live(streaming)])).toEqual([
    ["m", "Hello?"],
    ["r", "Hi"],
  ]);
  expect(shown([question, reply("Hi")], [])).toEqual([
    ["m", "Hello?"],
    ["r", "Hi"],
  ]);
});

test("stored messages are replaced by their live selves, not repeated", () => {
  expect(shown([question, reply("")], [live(streaming)])).toEqual([
    ["m", "Hello?"],
    ["r", "Hi"],
  ]);
  const accepted = live(waitingTurn, sending, { turnId: "t", ids: { questionId: "q", replyId: "r" } });
  expect(shown([question, reply("")], [accepted])).toEqual([
    ["m", "Hello?"],
    ["r", ""],
  ]);
});

test("a question that was accepted is being thought about", () => {
  const accepted = live(waitingTurn, sending, { turnId: "t", ids: { questionId: "q", replyId: "r" } });
  expect(shown([], [accepted])).toEqual([
    ["m", "Hello?"],
    ["r", ""],
  ]);
});

test("after a reload the stored text stays while the turn is replayed", () => {
  const following: Errand = { kind: "follow", turnId: "t" };
  const stored = [question, reply("Hi there")];
  const watched = (turn: TurnState) => [live(turn, following, { turnId: "t" })];
  expect(shown(stored, watched(waitingTurn)).at(-1)).toEqual(["r", "Hi there"]);
  expect(shown(stored, watched(streaming)).at(-1)).toEqual(["r", "Hi there"]);
  const further = reduceTurn(streaming, delta(3, " there, Ada"));
  expect(shown(stored, watched(further)).at(-1)).toEqual(["r", "Hi there, Ada"]);
});

test("questions wait behind the answer, each below the one before, without empty answers", () => {
  const next = (id: string, parentId: string): LiveTurn =>
    live(
      waitingTurn,
      { ...sending, question: { client_message_id: id, content: id }, parentId },
      { key: id, isQueued: true, turnId: `turn ${id}`, ids: { questionId: `q ${id}`, replyId: `r ${id}` } },
    );
  const turns = [live(streaming), next("second", "r"), next("third", "r second")];
  const displayed = displayedMessages([], turns);
  expect(displayed.map(({ message, state }) => [message.content, state])).toEqual([
    ["Hello?", "said"],
    ["Hi", "said"],
    ["second", "queued"],
    ["third", "queued"],
  ]);
  expect(leafOf(displayed)).toBe("r third");
});

test("a question that waits is shown as waiting after a reload too", () => {
  const following: Errand = { kind: "follow", turnId: "t" };
  const turn = live(waitingTurn, following, { turnId: "t", isQueued: true });
  const displayed = displayedMessages([question, reply("")], [turn]);
  expect(displayed.map(({ key, state }) => [key, state])).toEqual([["m", "queued"]]);
});

test("another answer stands beside the first, and the first can be gone back to", () => {
  const again: Errand = {
    kind: "regenerate",
    messageId: "r",
    again: { client_message_id: "again" },
    parentId: "q",
    askedAt: ASKED_AT,
  };
  const stored = [question, reply("Hi", { outcome: "finished" })];
  const turns = [live(waitingTurn, again, { key: "again" })];
  expect(displayedMessages(stored, turns).map(({ message, place }) => [message.content, place])).toEqual([
    ["Hello?", 1],
    ["", 2],
  ]);
  expect(shown(stored, turns, "r").at(-1)).toEqual(["r", "Hi"]);
});

test("a question that is being edited shows its new version at once", () => {
  const edit: Errand = {
    kind: "send",
    question: { client_message_id: "n", content: "Hello, Ada?", edits: "q" },
    parentId: null,
    askedAt: ASKED_AT,
  };
  const displayed = displayedMessages([question, reply("Hi")], [live(waitingTurn, edit)]);
  expect(displayed.map(({ message, place, versions }) => [message.content, place, versions.length])).toEqual([
    ["Hello, Ada?", 2, 2],
  ]);
});
