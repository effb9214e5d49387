// Follows one turn to its end, whatever the connection does: asks for it (again, with the same id) until it is
// accepted, waits for the turns ahead of it, and then reads its events on the best way there is.

import { stopTurn } from "@/api/chat-service";
import { Problem } from "@/api/problem";
import type { Turn, TurnEvent } from "@/api/types";
import { leashTo } from "@/lib/abort";
import { backoffDelayMs, pause } from "@/lib/backoff";
import type { ConversationLine } from "./transport/conversation-line";
import { readByPolling } from "./transport/poll-reading";
import { readByStream } from "./transport/stream-reading";
import type { Way } from "./transport/transport-choice";
import type { ReadingEnd, TurnReading } from "./transport/turn-reading";
import { ways } from "./transport/ways";
import {
  type AskingErrand,
  clientMessageId,
  type Errand,
  frameOf,
  idsOf,
  post,
  provisionalIds,
  type TurnIds,
} from "./turn-errand";
import { type Ended, reduceTurn, resumePosition, type TurnState, waitingTurn } from "./turn-reducer";

const STOP_ATTEMPTS = 6;
/** A line that is being opened is worth waiting for this long; then the answer comes another way meanwhile. */
const LINE_PATIENCE_MS = 1_000;

export type Connection = "connecting" | "open" | "reconnecting";

export type LiveTurn = {
  /** Stays the same from the first moment to the last. */
  key: string;
  errand: Errand;
  turn: TurnState;
  connection: Connection;
  way: Way | null;
  isStopping: boolean;
  /** It waits for the turns ahead of it. */
  isQueued: boolean;
  /** Null for a turn that was asked elsewhere and has not told us yet. */
  ids: TurnIds | null;
  turnId: string | null;
};

export type Surroundings = {
  line: ConversationLine;
  changed: (live: LiveTurn) => void;
  ended: (turn: Ended) => void;
  /** The server will not do it, and asking again will not help. */
  refused: (problem: Problem) => void;
  /** What must happen before it can be asked for: pictures are handed in, the message above gets its id. */
  prepare: (errand: AskingErrand, signal: AbortSignal) => Promise<AskingErrand>;
  /** Resolves when no turn is ahead any more. */
  turnsAhead: () => Promise<void>;
};

export class TurnFollower {
  /** Resolves with the names of its messages, or with null when it came to nothing. */
  readonly named: Promise<TurnIds | null>;
  /** Resolves when there is no reason to wait for this turn any more. */
  readonly over: Promise<void>;
  private live: LiveTurn;
  private readonly closing = new AbortController();
  private tellNamed!: (ids: TurnIds | null) => void;
  private tellOver!: () => void;
  private hurry!: () => void;
  private readonly hurried: Promise<void>;
  private avoidsLine = false;
  private endReading: (() => void) | null = null;

  constructor(
    private readonly conversationId: string,
    errand: Errand,
    private readonly around: Surroundings,
    isQueued = false,
  ) {
    const isFollowing = errand.kind === "follow";
    this.live = {
      key: isFollowing ? errand.turnId : clientMessageId(errand),
      errand,
      turn: waitingTurn,
      connection: "connecting",
      way: null,
      isStopping: false,
      isQueued,
      ids: isFollowing ? null : provisionalIds(errand),
      turnId: isFollowing ? errand.turnId : null,
    };
    this.named = new Promise((resolve) => {
      this.tellNamed = resolve;
    });
    this.over = new Promise((resolve) => {
      this.tellOver = resolve;
    });
    this.hurried = new Promise((resolve) => {
      this.hurry = resolve;
    });
  }

  current(): LiveTurn {
    return this.live;
  }

  /** Reads until the turn has ended, is refused, or `close` is called. */
  async run(): Promise<void> {
    const letGo = this.around.line.keep();
    try {
      await this.deliver();
      if (this.live.isQueued) await Promise.race([this.around.turnsAhead(), this.hurried]);
      await this.readToEnd();
    } catch (error) {
      if (this.isClosed) return;
      if (!(error instanceof Problem)) throw error;
      this.around.refused(error);
    } finally {
      letGo();
      this.tellNamed(null);
      this.tellOver();
    }
    if (this.live.turn.phase === "ended" && !this.isClosed) this.around.ended(this.live.turn);
  }

  /** Takes an event, whichever way it came. */
  take(event: TurnEvent): void {
    const turn = reduceTurn(this.live.turn, event);
    if (turn === this.live.turn) return;
    this.update({ turn, turnId: event.turn_id, isQueued: false });
    if (turn.phase === "ended") this.hurry();
    if (turn.phase === "ended" || turn.hasGap) this.endReading?.();
  }

  async stop(): Promise<void> {
    const { turnId } = this.live;
    if (turnId === null || this.live.isStopping) return;
    this.update({ isStopping: true });
    for (let attempt = 0; attempt < STOP_ATTEMPTS && !this.isClosed; attempt += 1) {
      try {
        await stopTurn(turnId);
        return this.hurry();
      } catch (error) {
        if (error instanceof Problem && !error.isPassing) break;
        await pause(backoffDelayMs(attempt), this.closing.signal);
      }
    }
    this.update({ isStopping: false });
  }

  close(): void {
    this.closing.abort();
    this.hurry();
  }

  private get isClosed(): boolean {
    return this.closing.signal.aborted;
  }

  private get hasEnded(): boolean {
    return this.live.turn.phase === "ended";
  }

  private async deliver(): Promise<void> {
    const { errand } = this.live;
    if (errand.kind === "follow") return this.tellNamed(null);
    for (let attempt = 0; !this.isClosed; attempt += 1) {
      try {
        const prepared = await this.around.prepare(errand, this.closing.signal);
        this.update({ errand: prepared });
        const turn = await this.ask(prepared);
        this.update({
          turnId: turn.id,
          ids: idsOf(turn),
          isQueued: turn.state === "queued",
          connection: "open",
        });
        return this.tellNamed(idsOf(turn));
      } catch (error) {
        this.weigh(error);
      }
      this.update({ connection: "reconnecting" });
      await pause(backoffDelayMs(attempt), this.closing.signal);
    }
  }

  private async ask(errand: AskingErrand): Promise<Turn> {
    const frame = frameOf(errand);
    if (this.around.line.takes(frame)) return this.around.line.ask(frame);
    const { turn } = await post(this.conversationId, errand, this.closing.signal);
    ways.worked("polling");
    return turn;
  }

  private async readToEnd(): Promise<void> {
    for (let attempt = 0; !this.isClosed && !this.hasEnded; ) {
      const before = this.live.turn;
      const how = await this.readOnce().catch((error: unknown) => this.weigh(error));
      this.avoidsLine ||= how === "declined";
      if (how === "moved" || this.hasEnded) continue;
      attempt = this.live.turn === before ? attempt + 1 : 0;
      this.update({ connection: "reconnecting" });
      await pause(backoffDelayMs(attempt), this.closing.signal);
    }
  }

  private async readOnce(): Promise<ReadingEnd> {
    const way = await this.chooseWay();
    const leash = leashTo(this.closing.signal);
    this.endReading = leash.abort;
    const stopWatching =
      way === "socket" ? null : this.around.line.subscribe(() => this.isLineBetter && leash.abort());
    try {
      return await this.readBy(way, this.readingOn(way, leash.signal));
    } catch (error) {
      // Whoever was told to come away does not care how the connection ended.
      if (leash.signal.aborted) return "moved";
      throw error;
    } finally {
      this.endReading = null;
      stopWatching?.();
      leash.release();
    }
  }

  private async chooseWay(): Promise<Way> {
    if (!this.avoidsLine) await this.around.line.settled(LINE_PATIENCE_MS);
    if (this.isLineBetter) return "socket";
    return ways.isResting("stream") ? "polling" : "stream";
  }

  private get isLineBetter(): boolean {
    return this.around.line.state === "ready" && !this.avoidsLine;
  }

  private readBy(way: Way, reading: TurnReading): Promise<ReadingEnd> {
    if (way === "socket") return this.around.line.read(reading);
    return way === "stream" ? readByStream(reading) : readByPolling(reading);
  }

  private readingOn(way: Way, signal: AbortSignal): TurnReading {
    const { turnId } = this.live;
    if (turnId === null) throw new Error("A turn that is read has an id.");
    return {
      turnId,
      position: () => resumePosition(this.live.turn),
      take: (event) => this.take(event),
      isOver: () => this.live.turn.phase === "ended" || this.live.turn.hasGap,
      opened: () =>
        this.live.connection === "open" && this.live.way === way
          ? undefined
          : this.update({ connection: "open", way }),
      signal,
    };
  }

  /** Goes on after what may pass; throws what will not. */
  private weigh(error: unknown): ReadingEnd {
    if (error instanceof Problem && !this.mayPass(error)) throw error;
    if (error instanceof Problem && error.isPassing) ways.unreachable();
    return "broken";
  }

  /** Once a turn runs it is worth waiting for, also when the server asks us to slow down. */
  private mayPass(problem: Problem): boolean {
    return (
      problem.isPassing || problem.status >= 500 || (problem.status === 429 && this.live.turnId !== null)
    );
  }

  private update(change: Partial<LiveTurn>): void {
    this.live = { ...this.live, ...change };
    this.around.changed(this.live);
  }
}
