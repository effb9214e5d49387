// The line to one conversation: a WebSocket while one can be had, opened again when it ends. What it carries is
// handed to who reads the turn; the news of other turns to whoever looks after the conversation.

import { Problem } from "@/api/problem";
import { sessionKeeper } from "@/api/session";
import type { Turn, TurnEvent } from "@/api/types";
import { backoffDelayMs } from "@/lib/backoff";
import type { AskingFrame, ServerFrame } from "./chat-frames";
import { ChatSocket } from "./chat-socket";
import type { ReadingEnd, TurnReading } from "./turn-reading";
import { ways } from "./ways";

/** A page that is left for another one comes back soon, or not at all. */
const LINGER_MS = 2_000;
const QUICK_DEATH_MS = 10_000;
const QUICK_DEATHS_BORNE = 3;
const UNAUTHENTICATED = 4401;
const NOT_FOUND = 4404;
/** The other side restarts, or lets go of a follower that was too slow: the way itself is sound. */
const ORDERLY = new Set([1001, 1012, 4008, UNAUTHENTICATED]);

/** A frame names no status; only what may pass by itself has to be told apart. */
const STATUS_OF: Record<string, number> = { database_unavailable: 503, too_many_requests: 429 };
/** The service takes larger questions as plain requests only. */
const LARGEST_FRAME_CHARS = 120_000;

export type LineState = "closed" | "opening" | "ready";

export type LineListener = {
  stateChanged: () => void;
  /** A turn that nobody here reads: it was asked elsewhere. */
  newTurn: (event: TurnEvent) => void;
  running: (turnId: string) => void;
  /** Makes a plain request, to tell a network that is away from a way that is barred. */
  probe: () => Promise<void>;
};

/** The socket ended before the answer came: it is not known whether the question has arrived. */
export class LineLost extends Error {}

type Asking = { resolve: (turn: Turn) => void; reject: (error: Error) => void };
type Reader = TurnReading & { end: (how: ReadingEnd) => void };

export class ConversationLine {
  state: LineState = "closed";
  private socket: ChatSocket | null = null;
  private keepers = 0;
  private attempts = 0;
  private quickDeaths = 0;
  private readyAt = 0;
  private isGivenUp = false;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private readonly askings = new Map<string, Asking>();
  private readonly readers = new Map<string, Reader>();
  /** What the service tells us of anyway, on this socket. */
  private readonly told = new Set<string>();
  private readonly watchers = new Set<() => void>();

  constructor(
    private readonly conversationId: string,
    private readonly listener: LineListener,
  ) {
    ways.subscribe(() => this.plan());
    sessionKeeper.subscribe(() => sessionKeeper.current().status === "signed_in" || this.close());
  }

  /** Keeps the line open until the returned function is called. */
  keep(): () => void {
    this.keepers += 1;
    this.plan();
    let isKept = true;
    return () => {
      if (!isKept) return;
      isKept = false;
      this.keepers -= 1;
      setTimeout(() => this.keepers === 0 && this.close(), LINGER_MS);
    };
  }

  subscribe(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Resolves when the line is ready or has failed, at the latest after a while. */
  settled(patienceMs: number): Promise<void> {
    if (this.state !== "opening") return Promise.resolve();
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        unsubscribe();
        resolve();
      };
      const timer = setTimeout(done, patienceMs);
      const unsubscribe = this.subscribe(() => this.state === "opening" || done());
    });
  }

  takes(frame: AskingFrame): boolean {
    return this.state === "ready" && JSON.stringify(frame).length <= LARGEST_FRAME_CHARS;
  }

  ask(frame: AskingFrame): Promise<Turn> {
    return new Promise((resolve, reject) => {
      this.askings.set(frame.client_message_id, { resolve, reject });
      this.socket?.tell(frame);
    });
  }

  /** Reads a turn until it is over or the line is lost. */
  read(reading: TurnReading): Promise<ReadingEnd> {
    return new Promise((resolve) => {
      const { turnId, signal } = reading;
      const end = (how: ReadingEnd) => {
        if (this.readers.get(turnId)?.end === end) this.readers.delete(turnId);
        resolve(how);
      };
      this.readers.set(turnId, { ...reading, end });
      signal.addEventListener("abort", () => end("moved"), { once: true });
      reading.opened();
      if (this.told.delete(turnId)) return;
      const position = reading.position();
      this.socket?.tell({
        kind: "follow",
        turn_id: turnId,
        epoch: position?.epoch ?? null,
        after: position?.seq ?? 0,
      });
    });
  }

  private plan(): void {
    if (this.state !== "closed") return;
    clearTimeout(this.timer);
    if (this.keepers === 0 || this.isGivenUp) return;
    const restMs = ways.restsUntil("socket") - Date.now();
    const delayMs = restMs > 0 ? restMs : this.attempts === 0 ? 0 : backoffDelayMs(this.attempts - 1);
    this.timer = setTimeout(() => void this.open(), delayMs);
    // Whoever has just come waits for the line a little rather than starting on another way.
    if (delayMs === 0) this.become("opening");
  }

  private async open(): Promise<void> {
    this.become("opening");
    const token = await sessionKeeper.freshToken().catch(() => null);
    if (this.state !== "opening" || this.socket) return;
    if (token === null || this.keepers === 0) return this.become("closed");
    const socket = new ChatSocket(this.conversationId, token, {
      ready: (runningTurnId) => this.noteReady(runningTurnId),
      heard: (frame) => this.take(frame),
      ended: (code) => this.socket === socket && this.noteEnd(code, token),
    });
    this.socket = socket;
  }

  private noteReady(runningTurnId: string | null): void {
    this.attempts = 0;
    this.readyAt = Date.now();
    ways.worked("socket");
    this.become("ready");
    if (runningTurnId !== null) this.listener.running(runningTurnId);
  }

  private noteEnd(code: number, token: string): void {
    const wasReady = this.state === "ready";
    this.letGo();
    this.attempts += 1;
    if (code === NOT_FOUND) this.isGivenUp = true;
    if (code === UNAUTHENTICATED) void sessionKeeper.renew(token).catch(() => undefined);
    if (wasReady) this.weigh(code);
    else if (!ORDERLY.has(code) && code !== NOT_FOUND) void this.suspect();
    this.plan();
  }

  /** Sockets that open well and die soon, again and again, are no better than none. */
  private weigh(code: number): void {
    const wasQuick = !ORDERLY.has(code) && Date.now() - this.readyAt < QUICK_DEATH_MS;
    this.quickDeaths = wasQuick ? this.quickDeaths + 1 : 0;
    if (this.quickDeaths >= QUICK_DEATHS_BORNE) ways.failed("socket");
  }

  private async suspect(): Promise<void> {
    ways.failed("socket");
    try {
      await this.listener.probe();
      ways.worked("polling");
    } catch (error) {
      if (error instanceof Problem && error.isPassing) ways.unreachable();
    }
  }

  private take(frame: ServerFrame): void {
    if ("turn_id" in frame && "seq" in frame) this.deliver(frame as TurnEvent);
    else if (frame.kind === "accepted") this.accept(frame);
    else if (frame.kind === "problem") this.refuse(frame);
  }

  private deliver(event: TurnEvent): void {
    const reader = this.readers.get(event.turn_id);
    if (reader) {
      reader.take(event);
      if (reader.isOver()) reader.end("over");
    } else {
      this.told.add(event.turn_id);
      this.listener.newTurn(event);
    }
  }

  private accept({ client_message_id, turn }: Extract<ServerFrame, { kind: "accepted" }>): void {
    this.told.add(turn.id);
    this.askings.get(client_message_id)?.resolve(turn);
    this.askings.delete(client_message_id);
  }

  private refuse({
    client_message_id,
    code,
    detail,
    ...facts
  }: Extract<ServerFrame, { kind: "problem" }>): void {
    const asking = client_message_id === undefined ? undefined : this.askings.get(client_message_id);
    if (client_message_id !== undefined) this.askings.delete(client_message_id);
    const status = STATUS_OF[code] ?? 409;
    const retryAfterSeconds = typeof facts.retry_after === "number" ? facts.retry_after : null;
    if (asking) {
      asking.reject(new Problem(code, detail, { status, retryAfterSeconds }));
      return;
    }
    // What is refused without a name was a wish to follow: a plain request will say more about it.
    for (const reader of [...this.readers.values()]) reader.end("declined");
  }

  private close(): void {
    clearTimeout(this.timer);
    const { socket } = this;
    this.letGo();
    socket?.close();
  }

  private letGo(): void {
    this.socket = null;
    this.told.clear();
    const askings = [...this.askings.values()];
    const readers = [...this.readers.values()];
    this.askings.clear();
    this.become("closed");
    for (const asking of askings) asking.reject(new LineLost());
    for (const reader of readers) reader.end("broken");
  }

  private become(state: LineState): void {
    if (this.state === state) return;
    this.state = state;
    for (const watcher of [...this.watchers]) watcher();
    this.listener.stateChanged();
  }
}
