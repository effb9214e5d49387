// Keeps the session of this browser: the access token in memory only, renewed with the refresh cookie, once
// for all tabs. Collaborators are handed in, so that the rules can be tried without a browser.

import { type Claims, readClaims } from "./claims";
import { Problem, problemFrom, unreachable } from "./problem";
import type { AccessToken } from "./types";

/** A token this close to its end is renewed before it is used. */
const RENEWAL_MARGIN_MS = 60_000;
const RENEWAL_LOCK = "parley.renewal";

export type Session =
  | { status: "unknown" }
  | { status: "signed_out"; reason: "none" | "chosen" | "ended" }
  | { status: "signed_in"; token: string; expiresAt: number; claims: Claims };

export type TabMessage =
  | { kind: "token"; token: AccessToken }
  | { kind: "signed_out"; reason: "chosen" | "ended" };

export type Collaborators = {
  fetch: typeof fetch;
  now: () => number;
  locks: Pick<LockManager, "request"> | undefined;
  tabs: { tell: (message: TabMessage) => void };
};

export class SessionKeeper {
  private session: Session = { status: "unknown" };
  private renewal: Promise<void> | null = null;
  private listeners = new Set<() => void>();

  constructor(private readonly with_: Collaborators) {}

  current = (): Session => this.session;

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  /** A token that will outlive a request, or null when nobody is signed in. */
  async freshToken(): Promise<string | null> {
    if (this.session.status !== "signed_in") return null;
    if (!this.isFresh(this.session)) {
      try {
        await this.renew(this.session.token);
      } catch (error) {
        // While the sign-in service is away, a token that is still valid is still good.
        if (this.session.status !== "signed_in" || this.session.expiresAt <= this.with_.now()) throw error;
      }
    }
    return this.session.status === "signed_in" ? this.session.token : null;
  }

  /** Gets a new token unless another tab or call has just replaced the stale one. Rejects only when unreachable. */
  renew(stale: string | null): Promise<void> {
    this.renewal ??= this.renewAlone(stale).finally(() => {
      this.renewal = null;
    });
    return this.renewal;
  }

  adopt(token: AccessToken, from: "here" | "another tab" = "here"): void {
    this.become({
      status: "signed_in",
      token: token.access_token,
      expiresAt: this.with_.now() + token.expires_in * 1_000,
      claims: readClaims(token.access_token),
    });
    if (from === "here") this.with_.tabs.tell({ kind: "token", token });
  }

  end(reason: "none" | "chosen" | "ended", from: "here" | "another tab" = "here"): void {
    this.become({ status: "signed_out", reason });
    if (from === "here" && reason !== "none") this.with_.tabs.tell({ kind: "signed_out", reason });
  }

  hear(message: TabMessage): void {
    if (message.kind === "token") this.adopt(message.token, "another tab");
    else if (this.session.status === "signed_in") this.end(message.reason, "another tab");
  }

  msUntilRenewal(): number | null {
    if (this.session.status !== "signed_in") return null;
    return Math.max(0, this.session.expiresAt - RENEWAL_MARGIN_MS - this.with_.now());
  }

  private async renewAlone(stale: string | null): Promise<void> {
    const locks = this.with_.locks;
    if (!locks) return this.renewUnlessDone(stale);
    await locks.request(RENEWAL_LOCK, () => this.renewUnlessDone(stale));
  }

  private async renewUnlessDone(stale: string | null): Promise<void> {
    if (this.session.status === "signed_in" && this.session.token !== stale && this.isFresh(this.session))
      return;
    const before = this.session;
    const response = await this.askForToken();
    if (response.ok) return this.adopt((await response.json()) as AccessToken);
    if (response.status !== 401) throw await problemFrom(response);
    // Someone may have signed in, here or in another tab, while the old session was being refused.
    if (this.session === before) this.end(before.status === "signed_in" ? "ended" : "none");
  }

  private async askForToken(): Promise<Response> {
    try {
      return await this.with_.fetch("/api/auth/auth/refresh", {
        method: "POST",
        headers: { "X-Parley-Client": "web" },
        credentials: "same-origin",
      });
    } catch (error) {
      throw error instanceof Problem ? error : unreachable();
    }
  }

  private isFresh(session: { expiresAt: number }): boolean {
    return session.expiresAt - RENEWAL_MARGIN_MS > this.with_.now();
  }

  private become(session: Session): void {
    this.session = session;
    for (const listener of this.listeners) listener();
  }
}
