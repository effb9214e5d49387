// Follows one turn to its end, whatever the connection does: sends the question (again, with the same id) until
// the turn has started, and from then on reads its events from the last position.

import { openNewTurn, openTurnEvents, stopTurn } from "@/api/chat-service";
import { Problem } from "@/api/problem";
import { readSse, type SseFrame } from "@/api/sse";
import type { Question, TurnEvent } from "@/api/types";
import { backoffDelayMs, pause } from "@/lib/backoff";
import { type Ended, reduceTurn, resumePosition, type TurnState, waitingTurn } from "./turn-reducer";

const STOP_ATTEMPTS = 6;

export type Errand =
  | { kind: "send"; question: Question; askedAt: string }
  | { kind: "follow"; turnId: string };
export type Connection = "connecting" | "open" | "reconnecting";

export type LiveTurn = {
  errand: Errand;
  turn: TurnState;
  connection: Connection;
  isStopping: boolean;
};

export type Listener = {
  changed: (live: LiveTurn) => void;
  ended: (turn: Ended) => void;
  /** The server will not do it, and asking again will not help. */
  refused: (problem: Problem) => void;
};

export class TurnFollower {
  private live: LiveTurn;
  private readonly closing = new AbortController();

  constructor(
    private readonly conversationId: string,
    errand: Errand,
    private readonly listener: Listener,
  ) {
    this.live = { errand, turn: waitingTurn, connection: "connecting", isStopping: false };
  }

  current(): LiveTurn {
    return this.live;
  }

  get turnId(): string | null {
    if (this.live.turn.phase !== "waiting") return this.live.turn.turnId;
    return this.live.errand.kind === "follow" ? this.live.errand.turnId : null;
  }

  /** Reads until the turn has ended, is refused, or `close` is called. */
  async run(): Promise<void> {
    let attempt = 0;
    while (!this.closing.signal.aborted) {
      const before = this.live.turn;
      try {
        await this.readOnce();
      } catch (error) {
        if (this.closing.signal.aborted) return;
        if (error instanceof Problem && !this.mayPass(error)) return this.listener.refused(error);
      }
      if (this.live.turn.phase === "ended") return this.listener.ended(this.live.turn);
      attempt = this.live.turn === before ? attempt + 1 : 0;
      this.update({ connection: "reconnecting" });
      await pause(backoffDelayMs(attempt), this.closing.signal);
    }
  }

  async stop(): Promise<void> {
    const turnId = this.turnId;
    if (turnId === null || this.live.isStopping) return;
    this.update({ isStopping: true });
    for (let attempt = 0; attempt < STOP_ATTEMPTS && !this.closing.signal.aborted; attempt += 1) {
      try {
        await stopTurn(turnId);
        return;
      } catch (error) {
        if (error instanceof Problem && !error.isPassing) break;
        await pause(backoffDelayMs(attempt), this.closing.signal);
      }
    }
    this.update({ isStopping: false });
  }

  close(): void {
    this.closing.abort();
  }

  private async readOnce(): Promise<void> {
    const response = await this.connect();
    this.update({ connection: "open" });
    for await (const frame of readSse(response)) {
      const event = eventFrom(frame);
      if (!event) continue;
      this.update({ turn: reduceTurn(this.live.turn, event) });
      if (this.live.turn.phase === "ended" || this.live.turn.hasGap) return;
    }
  }

  private connect(): Promise<Response> {
    const { errand, turn } = this.live;
    const { signal } = this.closing;
    const turnId = this.turnId;
    if (turnId !== null) return openTurnEvents(turnId, resumePosition(turn), signal);
    if (errand.kind === "send") return openNewTurn(this.conversationId, errand.question, signal);
    throw new Error("A turn that is followed has an id.");
  }

  /** Once a turn runs it is worth waiting for, also when the server asks us to slow down. */
  private mayPass(problem: Problem): boolean {
    return problem.isPassing || problem.status >= 500 || (problem.status === 429 && this.turnId !== null);
  }

  private update(change: Partial<LiveTurn>): void {
    this.live = { ...this.live, ...change };
    this.listener.changed(this.live);
  }
}

function eventFrom(frame: SseFrame): TurnEvent | null {
  try {
    const event = JSON.parse(frame.data) as TurnEvent | null;
    return event && typeof event.kind === "string" ? event : null;
  } catch {
    return null;
  }
}
