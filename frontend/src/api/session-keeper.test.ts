import { describe, expect, test, vi } from "vitest";
import { createClient } from "./http";
import { type Session, SessionKeeper, type TabMessage } from "./session-keeper";
import type { AccessToken } from "./types";

const REFRESH = "/api/auth/auth/refresh";

function tokenFor(userId: string, serial = 1): AccessToken {
  const payload = btoa(JSON.stringify({ sub: userId, name: userId, roles: ["user"], jti: serial }));
  return { access_token: `header.${payload}.signature`, token_type: "bearer", expires_in: 600 };
}

function json(body: unknown, status = 200): Response {
  return new Response(JSON.stringify(body), { status });
}

const problem = (status: number, code: string) => json({ code, detail: code, status }, status);

type Answer = (url: string, init: RequestInit) => Response | Promise<Response>;

/** A small service: answers by path, remembers what it was asked. */
function service(answers: Record<string, Answer>) {
  const asked: { url: string; authorization: string | null; client: string | null }[] = [];
  const doFetch = async (input: RequestInfo | URL, init: RequestInit = {}) => {
    const url = String(input);
    const headers = new Headers(init.headers);
    asked.push({ url, authorization: headers.get("Authorization"), client: headers.get("X-Parley-Client") });
    const answer = answers[url];
    if (!answer) throw new TypeError("Failed to fetch");
    return answer(url, init);
  };
  return { asked, doFetch: doFetch as typeof fetch };
}

function keeperWith(answers: Record<string, Answer>) {
  const { asked, doFetch } = service(answers);
  const told: TabMessage[] = [];
  const clock = { now: 1_000_000 };
  const keeper = new SessionKeeper({
    fetch: doFetch,
    now: () => clock.now,
    locks: undefined,
    tabs: { tell: (message) => told.push(message) },
  });
  return { keeper, client: createClient(keeper, doFetch), asked, told, clock };
}

function userOf(session: Session): string | null {
  return session.status === "signed_in" ? session.claims.userId : null;
}

describe("renewing", () => {
  test("signs in with the refresh cookie, with the header that proves where it came from", async () => {
    const { keeper, asked, told } = keeperWith({ [REFRESH]: () => json(tokenFor("ada")) });
    await keeper.renew(null);
    expect(userOf(keeper.current())).toBe("ada");
    expect(asked).toEqual([{ url: REFRESH, authorization: null, client: "web" }]);
    expect(told).toEqual([{ kind: "token", token: tokenFor("ada") }]);
  });

  test("is done once for all who ask at the same time", async () => {
    const { keeper, asked } = keeperWith({ [REFRESH]: () => json(tokenFor("ada")) });
    await Promise.all([keeper.renew(null), keeper.renew(null), keeper.renew(null)]);
    expect(asked).toHaveLength(1);
  });

  test("without a session leaves a visitor, who is told nothing", async () => {
    const { keeper, told } = keeperWith({ [REFRESH]: () => problem(401, "session_ended") });
    await keeper.renew(null);
    expect(keeper.current()).toEqual({ status: "signed_out", reason: "none" });
    expect(told).toEqual([]);
  });

  test("when unreachable leaves the session as it was, and says so", async () => {
    const { keeper } = keeperWith({});
    await expect(keeper.renew(null)).rejects.toMatchObject({ code: "unreachable", status: 0 });
    expect(keeper.current()).toEqual({ status: "unknown" });
  });

  test("waits for the lock and does nothing when another tab has renewed meanwhile", async () => {
    const { asked, doFetch } = service({ [REFRESH]: () => json(tokenFor("ada", 3)) });
    const keeper: SessionKeeper = new SessionKeeper({
      fetch: doFetch,
      now: () => 0,
      locks: {
        request: async (_name: string, run: unknown) => {
          keeper.hear({ kind: "token", token: tokenFor("ada", 2) });
          return (run as () => Promise<void>)();
        },
      } as LockManager,
      tabs: { tell: () => undefined },
    });
    keeper.adopt(tokenFor("ada", 1));
    await keeper.renew(tokenFor("ada", 1).access_token);
    expect(asked).toHaveLength(0);
    expect(keeper.current()).toMatchObject({ token: tokenFor("ada", 2).access_token });
  });

  test("does not end a session that began while the old one was being refused", async () => {
    const { keeper } = keeperWith({
      [REFRESH]: () => {
        keeper.hear({ kind: "token", token: tokenFor("grace") });
        return problem(401, "session_ended");
      },
    });
    keeper.adopt(tokenFor("ada"));
    await keeper.renew(tokenFor("ada").access_token);
    expect(userOf(keeper.current())).toBe("grace");
  });
});

describe("a request", () => {
  test("carries the token, and renews it first when it is about to end", async () => {
    const { keeper, client, asked, clock } = keeperWith({
      [REFRESH]: () => json(tokenFor("ada", 2)),
      "/x": () => json({ ok: true }),
    });
    keeper.adopt(tokenFor("ada", 1));
    await client.get("/x");
    clock.now += 550_000;
    await client.get("/x");
    expect(asked.map(({ url }) => url)).toEqual(["/x", REFRESH, "/x"]);
    expect(asked.at(-1)?.authorization).toBe(`Bearer ${tokenFor("ada", 2).access_token}`);
  });

  test("goes on with a token that is still good while the sign-in service is away", async () => {
    const { keeper, client, clock } = keeperWith({ "/x": () => json({ ok: true }) });
    keeper.adopt(tokenFor("ada"));
    clock.now += 570_000;
    await expect(client.get("/x")).resolves.toEqual({ ok: true });
  });

  test("is repeated once after a 401, with the new token", async () => {
    const answer = vi
      .fn<Answer>()
      .mockReturnValueOnce(problem(401, "token_expired"))
      .mockReturnValue(json({ ok: true }));
    const { keeper, client, asked } = keeperWith({ [REFRESH]: () => json(tokenFor("ada", 2)), "/x": answer });
    keeper.adopt(tokenFor("ada", 1));
    await expect(client.get("/x")).resolves.toEqual({ ok: true });
    expect(asked.map(({ url }) => url)).toEqual(["/x", REFRESH, "/x"]);
  });

  test("that is refused again is not repeated for ever", async () => {
    const { keeper, client, asked } = keeperWith({
      [REFRESH]: () => json(tokenFor("ada", 2)),
      "/x": () => problem(401, "token_expired"),
    });
    keeper.adopt(tokenFor("ada", 1));
    await expect(client.get("/x")).rejects.toMatchObject({ code: "token_expired", status: 401 });
    expect(asked).toHaveLength(3);
  });

  test("after the end of the session ends it everywhere", async () => {
    const { keeper, client, told } = keeperWith({
      [REFRESH]: () => problem(401, "session_ended"),
      "/x": () => problem(401, "token_expired"),
    });
    keeper.adopt(tokenFor("ada"));
    await expect(client.get("/x")).rejects.toMatchObject({ status: 401 });
    expect(keeper.current()).toEqual({ status: "signed_out", reason: "ended" });
    expect(told.at(-1)).toEqual({ kind: "signed_out", reason: "ended" });
  });

  test("that is refused carries the problem's code, fields and patience", async () => {
    const { client } = keeperWith({
      "/x": () =>
        new Response(
          JSON.stringify({
            code: "validation_failed",
            detail: "No.",
            errors: [{ field: "email", message: "Odd." }, 7],
          }),
          { status: 422, headers: { "Retry-After": "3", "X-Request-Id": "r-1" } },
        ),
    });
    await expect(client.get("/x", { anonymous: true })).rejects.toMatchObject({
      code: "validation_failed",
      facts: {
        status: 422,
        requestId: "r-1",
        retryAfterSeconds: 3,
        fields: [{ field: "email", message: "Odd." }],
      },
    });
  });

  test("answered by a proxy's own page still gives a sentence", async () => {
    const { client } = keeperWith({ "/x": () => new Response("<html>Bad gateway</html>", { status: 502 }) });
    await expect(client.get("/x", { anonymous: true })).rejects.toMatchObject({
      code: "http_502",
      isPassing: true,
      detail: "A part of Parley is not answering at the moment. Try again shortly.",
    });
  });
});

test("what another tab says is followed, and not said again", () => {
  const { keeper, told } = keeperWith({});
  keeper.hear({ kind: "token", token: tokenFor("ada") });
  expect(userOf(keeper.current())).toBe("ada");
  keeper.hear({ kind: "signed_out", reason: "chosen" });
  expect(keeper.current()).toEqual({ status: "signed_out", reason: "chosen" });
  expect(told).toEqual([]);
});
