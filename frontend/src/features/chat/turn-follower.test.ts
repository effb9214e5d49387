import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { sessionKeeper } from "@/api/session";
import type { TurnEvent } from "@/api/types";
import { delta, done, question, started } from "./turn-events.testing";
import { type Errand, TurnFollower } from "./turn-follower";
import type { Ended } from "./turn-reducer";

const POST = "/api/chat/conversations/c/messages";
const EVENTS = "/api/chat/turns/t/events";
const send: Errand = { kind: "send", question: { client_message_id: "m", content: "Hello?" }, askedAt: "" };

type Asked = { path: string; body: unknown; from: string | null };
type Answer = () => Response;
let asked: Asked[];
let answers: Answer[];

/** The network: answers in the order that was agreed, whatever is asked. */
beforeEach(() => {
  asked = [];
  answers = [];
  const token = `h.${btoa(JSON.stringify({ sub: "ada", name: "ada", roles: [] }))}.s`;
  sessionKeeper.adopt({ access_token: token, token_type: "bearer", expires_in: 600 });
  vi.stubGlobal("fetch", async (path: string, init: RequestInit) => {
    const body = typeof init.body === "string" ? JSON.parse(init.body) : null;
    asked.push({ path, body, from: new Headers(init.headers).get("Last-Event-ID") });
    const answer = answers.shift();
    if (!answer) throw new TypeError("Failed to fetch");
    return answer();
  });
});

afterEach(() => vi.unstubAllGlobals());

function stream(...events: TurnEvent[]): Answer {
  const frames = events.map(
    (event) => `id: ${event.epoch}:${event.seq}\nevent: ${event.kind}\ndata: ${JSON.stringify(event)}\n\n`,
  );
  return () => new Response(frames.join(""), { headers: { "Content-Type": "text/event-stream" } });
}

const refusal =
  (status: number, code: string): Answer =>
  () =>
    new Response(JSON.stringify({ code, detail: code }), { status });

const lost: Answer = () => {
  throw new TypeError("Failed to fetch");
};

async function run(errand: Errand) {
  const heard: { ended: Ended[]; refused: string[]; connections: string[] } = {
    ended: [],
    refused: [],
    connections: [],
  };
  const follower = new TurnFollower("c", errand, {
    changed: ({ connection }) => heard.connections.push(connection),
    ended: (turn) => heard.ended.push(turn),
    refused: (problem) => heard.refused.push(problem.code),
  });
  await follower.run();
  return heard;
}

test("an answer in one go", async () => {
  answers = [stream(started, delta(2, "Hi"), done(3, "Hi"))];
  const { ended } = await run(send);
  expect(ended).toMatchObject([{ question, reply: { content: "Hi", outcome: "finished" } }]);
  expect(asked).toEqual([{ path: POST, body: { client_message_id: "m", content: "Hello?" }, from: null }]);
});

test("a question that got no answer is sent again with the same id", async () => {
  answers = [lost, refusal(503, "busy"), stream(started, done(2, "Hi"))];
  const { ended, connections } = await run(send);
  expect(ended).toHaveLength(1);
  expect(asked.map(({ path, body }) => [path, body])).toEqual(Array(3).fill([POST, asked[0]?.body]));
  expect(connections).toContain("reconnecting");
});

test("once the turn has started, a broken stream is continued where it broke", async () => {
  answers = [stream(started, delta(2, "H")), lost, stream(delta(3, "i"), done(4, "Hi"))];
  const { ended } = await run(send);
  expect(ended).toMatchObject([{ reply: { content: "Hi" } }]);
  expect(asked.map(({ path, from }) => [path, from])).toEqual([
    [POST, null],
    [EVENTS, "e1:2"],
    [EVENTS, "e1:2"],
  ]);
});

test("a gap is asked for again", async () => {
  answers = [stream(started, delta(2, "a"), delta(4, "c")), stream(delta(3, "b"), done(4, "ab"))];
  const { ended } = await run(send);
  expect(ended).toHaveLength(1);
  expect(asked.at(-1)).toMatchObject({ path: EVENTS, from: "e1:2" });
});

test("a running turn is followed from its start", async () => {
  answers = [stream(started, done(2, "Hi"))];
  const { ended } = await run({ kind: "follow", turnId: "t" });
  expect(ended).toHaveLength(1);
  expect(asked).toMatchObject([{ path: EVENTS, from: null }]);
});

test.each([
  [409, "conversation_busy"],
  [429, "too_many_requests"],
  [413, "question_too_long"],
])("a question refused with %i is given back, not sent again", async (status, code) => {
  answers = [refusal(status, code)];
  const { refused, ended } = await run(send);
  expect(refused).toEqual([code]);
  expect(ended).toEqual([]);
  expect(asked).toHaveLength(1);
});

test("a turn that is gone is not asked for again", async () => {
  answers = [refusal(404, "turn_not_found")];
  expect((await run({ kind: "follow", turnId: "t" })).refused).toEqual(["turn_not_found"]);
});

test("closing ends the following, and nothing is said", async () => {
  const heard: string[] = [];
  const note = (what: string) => () => heard.push(what);
  const follower = new TurnFollower("c", send, {
    changed: () => undefined,
    ended: note("ended"),
    refused: note("refused"),
  });
  const running = follower.run();
  follower.close();
  await running;
  expect(heard).toEqual([]);
});
