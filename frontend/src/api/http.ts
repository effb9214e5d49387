// One request to a service: bearer token, one renewal on 401, problems as errors.

import { Problem, problemFrom, unreachable } from "./problem";
import { sessionKeeper } from "./session";
import type { SessionKeeper } from "./session-keeper";

export type RequestOptions = {
  method?: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  json?: unknown;
  form?: Record<string, string>;
  /** Sent as it is, under its own type. */
  blob?: Blob;
  query?: Record<string, string | number | boolean | null | undefined>;
  headers?: Record<string, string>;
  signal?: AbortSignal | undefined;
  /** Signing in and registering are asked without a token. */
  anonymous?: boolean;
};

export type Client = {
  open: (path: string, options?: RequestOptions) => Promise<Response>;
  get: <Body>(path: string, options?: RequestOptions) => Promise<Body>;
  send: <Body>(path: string, options: RequestOptions) => Promise<Body>;
};

export function createClient(keeper: SessionKeeper, doFetch: typeof fetch): Client {
  async function attempt(path: string, options: RequestOptions, token: string | null): Promise<Response> {
    try {
      return await doFetch(path + queryString(options.query), init(options, token));
    } catch (error) {
      if (options.signal?.aborted) throw error;
      throw error instanceof Problem ? error : unreachable();
    }
  }

  async function open(path: string, options: RequestOptions = {}): Promise<Response> {
    const token = options.anonymous ? null : await keeper.freshToken();
    let response = await attempt(path, options, token);
    if (response.status === 401 && !options.anonymous) {
      await keeper.renew(token);
      const session = keeper.current();
      if (session.status === "signed_in") response = await attempt(path, options, session.token);
    }
    if (!response.ok) throw await problemFrom(response);
    return response;
  }

  async function body<Body>(path: string, options?: RequestOptions): Promise<Body> {
    const response = await open(path, options);
    return response.status === 204 ? (undefined as Body) : ((await response.json()) as Body);
  }

  return { open, get: body, send: body };
}

export const http = createClient(sessionKeeper, (input, init) => fetch(input, init));

function init(options: RequestOptions, token: string | null): RequestInit {
  const headers = new Headers({ Accept: "application/json", ...options.headers });
  if (token) headers.set("Authorization", `Bearer ${token}`);
  if (options.json !== undefined) headers.set("Content-Type", "application/json");
  if (options.blob) headers.set("Content-Type", options.blob.type);
  return {
    method: options.method ?? "GET",
    headers,
    credentials: "same-origin",
    body: bodyOf(options),
    signal: options.signal ?? null,
  };
}

function bodyOf({ form, blob, json }: RequestOptions): BodyInit | null {
  if (form) return new URLSearchParams(form);
  if (blob) return blob;
  return json === undefined ? null : JSON.stringify(json);
}

function queryString(query: RequestOptions["query"]): string {
  const entries = Object.entries(query ?? {}).filter(([, value]) => value !== null && value !== undefined);
  if (entries.length === 0) return "";
  return `?${new URLSearchParams(entries.map(([name, value]) => [name, String(value)]))}`;
}
