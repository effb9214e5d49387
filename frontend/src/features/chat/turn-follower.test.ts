import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ENDED, EVENTS, FollowerBench, POST, poll } from "./follower-bench.testing";
import { accepted, heldBack, lost, polled, refusal, stream } from "./transport/network.testing";
import { ways } from "./transport/ways";
import { delta, done, started } from "./turn-events.testing";

let bench: FollowerBench;

beforeEach(() => {
  vi.useFakeTimers();
  bench = new FollowerBench();
  // How a turn is followed over a socket has a file of its own.
  ways.failed("socket");
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("it is asked for once and its events are read as a stream", async () => {
  bench.network.answers = [accepted(), stream(started, delta(2, "Hi"), done(3, "Hi"))];
  const { ended } = await bench.run();
  expect(ended).toMatchObject([ENDED]);
  expect(bench.network.paths()).toEqual([POST, EVENTS]);
  expect(bench.network.asked[0]?.body).toEqual({ client_message_id: "m", content: "Hello?" });
});

test("a question that got no answer is sent again with the same id", async () => {
  bench.network.answers = [lost, refusal(503, "busy"), accepted(), stream(started, done(2, "Hi"))];
  const { ended, connections } = await bench.run();
  expect(ended).toHaveLength(1);
  expect(bench.network.paths()).toEqual([POST, POST, POST, EVENTS]);
  expect(bench.network.asked[2]).toEqual(bench.network.asked[0]);
  expect(connections).toContain("reconnecting");
});

test("a broken stream is continued where it broke", async () => {
  bench.network.answers = [
    accepted(),
    stream(started, delta(2, "H")),
    lost,
    lost,
    stream(delta(3, "i"), done(4, "Hi")),
  ];
  const { ended } = await bench.run();
  expect(ended).toMatchObject([ENDED]);
  expect(bench.network.asked.map(({ path, from }) => [path, from])).toEqual([
    [POST, null],
    [EVENTS, null],
    [EVENTS, "e1:2"],
    [poll("e1:2", 0), null],
    [EVENTS, "e1:2"],
  ]);
});

test("a gap is asked for again", async () => {
  bench.network.answers = [
    accepted(),
    stream(started, delta(2, "H"), delta(4, "!")),
    stream(delta(3, "i"), done(4, "Hi")),
  ];
  expect((await bench.run()).ended).toMatchObject([ENDED]);
  expect(bench.network.asked.at(-1)).toMatchObject({ path: EVENTS, from: "e1:2" });
});

test("a running turn is followed from its start", async () => {
  bench.network.answers = [stream(started, done(2, "Hi"))];
  expect((await bench.run({ kind: "follow", turnId: "t" })).ended).toHaveLength(1);
  expect(bench.network.asked).toMatchObject([{ path: EVENTS, from: null }]);
});

test("a stream that is held back is given up, and it is asked again and again instead", async () => {
  bench.network.answers = [
    accepted(),
    heldBack,
    polled([started, delta(2, "H")]),
    polled([delta(2, "H"), delta(3, "i")]),
    polled([done(4, "Hi")], true),
  ];
  const heard = await bench.run();
  expect(heard.ended).toMatchObject([ENDED]);
  expect(bench.network.paths()).toEqual([POST, EVENTS, poll(null, 0), poll("e1:2", 20), poll("e1:3", 20)]);
  expect(heard.ways.at(-1)).toBe("polling");
});

test("a network that refuses streams, but not plain requests, is asked again and again", async () => {
  bench.network.answers = [accepted(), refusal(403, ""), polled([]), polled([started, done(2, "Hi")], true)];
  const heard = await bench.run();
  expect(heard.ended).toMatchObject([ENDED]);
  expect(bench.network.paths()).toEqual([POST, EVENTS, poll(null, 0), poll(null, 20)]);
  expect(heard.connections).not.toContain("reconnecting");
});

test("a stream in which there is nothing to say is not blamed", async () => {
  bench.network.answers = [accepted(), heldBack, polled([]), polled([]), polled([started, done(2, "Hi")])];
  await bench.run();
  expect(bench.network.paths().filter((path) => path === EVENTS)).toHaveLength(1);
  expect(bench.network.paths().slice(2, 4)).toEqual([poll(null, 0), poll(null, 0)]);
});

test("a proxy that cuts what waits long is asked more often", async () => {
  ways.failed("stream");
  const cut = () =>
    new Promise<Response>((resolve) => setTimeout(() => resolve(new Response("", { status: 504 })), 3_000));
  bench.network.answers = [accepted(), cut, cut, polled([started, done(2, "Hi")], true)];
  const heard = await bench.run();
  expect(heard.ended).toHaveLength(1);
  expect(bench.network.paths().slice(1)).toEqual([poll(null, 20), poll(null, 10), poll(null, 5)]);
  expect(heard.connections).not.toContain("reconnecting");
});

test("what is refused is told and not tried again", async () => {
  bench.network.answers = [refusal(413, "question_too_long")];
  expect((await bench.run()).refused).toEqual(["question_too_long"]);
  expect(bench.network.asked).toHaveLength(1);
});

test("a turn that is gone is not asked for again", async () => {
  bench.network.answers = [refusal(404, "turn_not_found"), refusal(404, "turn_not_found")];
  expect((await bench.run({ kind: "follow", turnId: "t" })).refused).toEqual(["turn_not_found"]);
});

test("a queued turn is not read before its turn has come", async () => {
  bench.network.answers = [accepted("queued"), stream(started, done(2, "Hi"))];
  let come: () => void = () => undefined;
  const ahead = new Promise<void>((resolve) => {
    come = resolve;
  });
  const { follower, heard, running } = bench.begin(undefined, { turnsAhead: () => ahead });
  await vi.advanceTimersByTimeAsync(5_000);
  expect(follower.current().isQueued).toBe(true);
  expect(bench.network.paths()).toEqual([POST]);
  come();
  await vi.advanceTimersByTimeAsync(5_000);
  await running;
  expect(heard.ended).toHaveLength(1);
});

test("closing ends the following, and nothing is said", async () => {
  const { follower, heard, running } = bench.begin();
  follower.close();
  await running;
  expect([heard.ended, heard.refused]).toEqual([[], []]);
});
