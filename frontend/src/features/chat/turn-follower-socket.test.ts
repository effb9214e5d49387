import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { ENDED, EVENTS, FollowerBench, POST } from "./follower-bench.testing";
import { accepted, heldBack, stream, TestSocket, turn } from "./transport/network.testing";
import { ways } from "./transport/ways";
import { delta, done, started } from "./turn-events.testing";

let bench: FollowerBench;

beforeEach(() => {
  vi.useFakeTimers();
  bench = new FollowerBench();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

test("it is asked for and read without a single request", async () => {
  bench.line.keep();
  const socket = await bench.socket(1);
  socket.open();
  const { heard, running } = bench.begin();
  await vi.waitFor(() => expect(socket.said.at(-1)).toMatchObject({ kind: "send", client_message_id: "m" }));
  socket.tell({ kind: "accepted", client_message_id: "m", turn: turn("running") });
  for (const event of [started, delta(2, "Hi"), done(3, "Hi")]) socket.tell(event);
  await running;
  expect(heard.ended).toMatchObject([ENDED]);
  expect(socket.said.map(({ kind }) => kind)).toEqual(["auth", "send"]);
  expect(bench.network.asked).toEqual([]);
});

test.each([1006, 1012, 4008])(
  "one that ends with %i is opened again and goes on where it was",
  async (code) => {
    bench.line.keep();
    const first = await bench.socket(1);
    first.open();
    const { heard, running } = bench.begin({ kind: "follow", turnId: "t" });
    await vi.waitFor(() =>
      expect(first.said.at(-1)).toMatchObject({ kind: "follow", epoch: null, after: 0 }),
    );
    first.tell(started);
    first.tell(delta(2, "H"));
    first.drop(code);
    await vi.advanceTimersByTimeAsync(500);
    const second = await bench.socket(2);
    second.open();
    await vi.waitFor(() =>
      expect(second.said.at(-1)).toMatchObject({ kind: "follow", epoch: "e1", after: 2 }),
    );
    for (const event of [delta(2, "H"), delta(3, "i"), done(4, "Hi")]) second.tell(event);
    await running;
    expect(heard.ended).toMatchObject([ENDED]);
    expect(ways.isResting("socket")).toBe(false);
  },
);

test("a question on a socket that is lost is sent again with the same id", async () => {
  bench.line.keep();
  const socket = await bench.socket(1);
  socket.open();
  bench.network.answers = [accepted(), stream(started, done(2, "Hi"))];
  const { heard, running } = bench.begin();
  await vi.waitFor(() => expect(socket.said.at(-1)).toMatchObject({ kind: "send" }));
  socket.drop();
  await vi.advanceTimersByTimeAsync(10_000);
  await running;
  expect(heard.ended).toHaveLength(1);
  expect(bench.network.asked[0]).toMatchObject({ path: POST, body: { client_message_id: "m" } });
});

test("while it is being opened the answer comes another way, and moves over once it is there", async () => {
  bench.network.answers = [accepted(), heldBack];
  const { heard, running } = bench.begin();
  const socket = await bench.socket(1);
  await vi.advanceTimersByTimeAsync(1_500);
  expect(bench.network.paths()).toEqual([POST, EVENTS]);
  socket.open();
  await vi.waitFor(() => expect(socket.said.at(-1)).toMatchObject({ kind: "follow", turn_id: "t" }));
  socket.tell(started);
  socket.tell(done(2, "Hi"));
  await running;
  expect(heard.ended).toHaveLength(1);
  expect(heard.connections).not.toContain("reconnecting");
});

test("one that never becomes ready is given up after five seconds", async () => {
  bench.line.keep();
  await bench.socket(1);
  await vi.advanceTimersByTimeAsync(4_900);
  expect(bench.line.state).toBe("opening");
  await vi.advanceTimersByTimeAsync(200);
  expect(bench.line.state).toBe("closed");
  expect(ways.isResting("socket")).toBe(true);
});

test("one that falls silent is noticed and opened again", async () => {
  bench.line.keep();
  const socket = await bench.socket(1);
  socket.open();
  await vi.advanceTimersByTimeAsync(16_000);
  expect(socket.said.at(-1)).toEqual({ kind: "ping" });
  socket.tell({ kind: "pong" });
  await vi.advanceTimersByTimeAsync(9_000);
  expect(bench.line.state).toBe("ready");
  await vi.advanceTimersByTimeAsync(16_000);
  await vi.advanceTimersByTimeAsync(9_000);
  expect(TestSocket.opened.length).toBeGreaterThan(1);
});

test("what is refused is told", async () => {
  bench.line.keep();
  const socket = await bench.socket(1);
  socket.open();
  const { heard, running } = bench.begin();
  await vi.waitFor(() => expect(socket.said.at(-1)).toMatchObject({ kind: "send" }));
  socket.tell({ kind: "problem", code: "queue_full", detail: "Too many.", client_message_id: "m" });
  await running;
  expect(heard.refused).toEqual(["queue_full"]);
});
