// One WebSocket of one conversation, from its handshake to its end: shows the token, keeps it fresh, and notices
// when the other side has fallen silent.

import { socketAddress } from "@/api/chat-service";
import { sessionKeeper } from "@/api/session";
import { type ClientFrame, frameFrom, type ServerFrame } from "./chat-frames";

/** A proxy that takes the handshake and passes nothing on is found out after this. */
const READY_MS = 5_000;
const LOOK_MS = 3_000;
const QUIET_MS = 12_000;
const PONG_MS = 8_000;

export type SocketListener = {
  ready: (runningTurnId: string | null) => void;
  heard: (frame: ServerFrame) => void;
  /** It is told once, whatever the reason; 1006 when nobody gave one. */
  ended: (code: number) => unknown;
};

export class ChatSocket {
  private readonly socket: WebSocket;
  private readonly stopListening: () => void;
  private readonly timers: ReturnType<typeof setTimeout>[];
  private heardAt = Date.now();
  private pingedAt = 0;
  private isReady = false;
  private hasEnded = false;

  constructor(
    conversationId: string,
    private token: string,
    private readonly listener: SocketListener,
  ) {
    this.socket = new WebSocket(socketAddress(conversationId));
    this.socket.onopen = () => this.tell({ kind: "auth", token: this.token });
    this.socket.onmessage = (message) => this.hear(message);
    this.socket.onclose = ({ code }) => this.end(code);
    this.stopListening = sessionKeeper.subscribe(() => this.renew());
    globalThis.addEventListener("offline", this.drop);
    this.timers = [
      setTimeout(() => this.isReady || this.end(1006), READY_MS),
      setInterval(this.look, LOOK_MS),
    ];
  }

  tell(frame: ClientFrame): void {
    if (this.socket.readyState !== WebSocket.OPEN) return;
    this.socket.send(JSON.stringify(frame));
    // Whoever asks is answered soon; if not, nobody is there.
    if (frame.kind !== "auth") this.pingedAt = Date.now();
  }

  close(): void {
    this.end(1000);
  }

  private hear(message: MessageEvent<unknown>): void {
    if (this.hasEnded) return;
    this.heardAt = Date.now();
    const frame = frameFrom(message.data);
    if (!frame) return;
    if (frame.kind === "ready") {
      this.isReady = true;
      this.listener.ready(frame.running_turn_id);
    } else this.listener.heard(frame);
  }

  private renew(): void {
    const session = sessionKeeper.current();
    if (session.status !== "signed_in" || session.token === this.token) return;
    this.token = session.token;
    this.tell({ kind: "auth", token: this.token });
  }

  /** Without a network the browser would find out only when the other side has been silent for long. */
  private drop = (): void => this.end(1006);

  private look = (): void => {
    const now = Date.now();
    const isWaiting = this.pingedAt > this.heardAt;
    if (isWaiting && now - this.pingedAt > PONG_MS) this.end(1006);
    if (isWaiting || now - this.heardAt < QUIET_MS) return;
    this.tell({ kind: "ping" });
  };

  private end(code: number): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    for (const timer of this.timers) clearTimeout(timer);
    this.stopListening();
    globalThis.removeEventListener("offline", this.drop);
    this.socket.close();
    this.listener.ended(code);
  }
}
