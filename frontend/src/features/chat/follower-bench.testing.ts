// One conversation with its line over the test network, and followers of its turn.

import { vi } from "vitest";
import { ConversationLine } from "./transport/conversation-line";
import { TestNetwork, TestSocket } from "./transport/network.testing";
import type { Errand } from "./turn-errand";
import { question } from "./turn-events.testing";
import { type Surroundings, TurnFollower } from "./turn-follower";
import type { Ended } from "./turn-reducer";

export const POST = "/api/chat/conversations/c/messages";
export const EVENTS = "/api/chat/turns/t/events";
export const ENDED = { question, reply: { content: "Hi", outcome: "finished" } };
const ASKED: Errand = {
  kind: "send",
  question: { client_message_id: "m", content: "Hello?" },
  parentId: null,
  askedAt: "",
};

export function poll(after: string | null, wait: number): string {
  const position = after === null ? "" : `after=${encodeURIComponent(after)}&`;
  return `/api/chat/turns/t/poll?${position}wait=${wait}`;
}

export type Heard = { ended: Ended[]; refused: string[]; connections: string[]; ways: (string | null)[] };

export class FollowerBench {
  readonly network = new TestNetwork();
  private follower: TurnFollower | null = null;
  readonly line = new ConversationLine("c", {
    stateChanged: () => undefined,
    newTurn: (event) => this.follower?.take(event),
    running: () => undefined,
    probe: async () => undefined,
  });

  begin(errand: Errand = ASKED, change: Partial<Surroundings> = {}) {
    const heard: Heard = { ended: [], refused: [], connections: [], ways: [] };
    const follower = new TurnFollower("c", errand, {
      line: this.line,
      changed: ({ connection, way }) => {
        heard.connections.push(connection);
        heard.ways.push(way);
      },
      ended: (ended) => heard.ended.push(ended),
      refused: (problem) => heard.refused.push(problem.code),
      prepare: async (asked) => asked,
      turnsAhead: async () => undefined,
      ...change,
    });
    this.follower = follower;
    return { follower, heard, running: follower.run() };
  }

  /** Follows to the end, in a minute of the test's clock. */
  async run(errand: Errand = ASKED): Promise<Heard> {
    const { heard, running } = this.begin(errand);
    await vi.advanceTimersByTimeAsync(60_000);
    await running;
    return heard;
  }

  /** Waits for a socket to be asked for. */
  async socket(count: number): Promise<TestSocket> {
    return vi.waitFor(() => {
      const socket = TestSocket.opened[count - 1];
      if (!socket) throw new Error("No such socket has been asked for.");
      return socket;
    });
  }
}
