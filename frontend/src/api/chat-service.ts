// What the page asks of chat-service.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import type {
  Conversation,
  ConversationChange,
  Message,
  Model,
  NewConversation,
  Page,
  Question,
  Turn,
} from "./types";

const CONVERSATIONS_A_PAGE = 30;
const MESSAGES_A_PAGE = 50;

const conversationPath = (id: string) => `/api/chat/conversations/${encodeURIComponent(id)}`;
const turnPath = (id: string) => `/api/chat/turns/${encodeURIComponent(id)}`;

export const conversationKeys = {
  list: ["conversations"] as const,
  one: (id: string) => ["conversation", id] as const,
  messages: (id: string) => ["messages", id] as const,
};

export const conversationsQuery = infiniteQueryOptions({
  queryKey: conversationKeys.list,
  queryFn: ({ pageParam, signal }) =>
    http.get<Page<Conversation>>("/api/chat/conversations", {
      query: { limit: CONVERSATIONS_A_PAGE, cursor: pageParam },
      signal,
    }),
  initialPageParam: null as string | null,
  getNextPageParam: (page) => page.next_cursor,
});

export function conversationQuery(id: string) {
  return queryOptions({
    queryKey: conversationKeys.one(id),
    queryFn: ({ signal }) => http.get<Conversation>(conversationPath(id), { signal }),
  });
}

/** The first page holds the newest messages; each further page older ones. */
export function messagesQuery(conversationId: string) {
  return infiniteQueryOptions({
    queryKey: conversationKeys.messages(conversationId),
    queryFn: ({ pageParam, signal }) =>
      http.get<Page<Message>>(`${conversationPath(conversationId)}/messages`, {
        query: { limit: MESSAGES_A_PAGE, cursor: pageParam },
        signal,
      }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
  });
}

export const modelsQuery = queryOptions({
  queryKey: ["models"],
  queryFn: ({ signal }) => http.get<{ items: Model[] }>("/api/chat/models", { signal }),
  select: (body) => body.items,
  staleTime: 10 * 60_000,
});

export function createConversation(wanted: NewConversation, signal?: AbortSignal): Promise<Conversation> {
  return http.send("/api/chat/conversations", { method: "POST", json: wanted, signal });
}

export function changeConversation(id: string, change: ConversationChange): Promise<Conversation> {
  return http.send(conversationPath(id), { method: "PATCH", json: change });
}

export function deleteConversation(id: string): Promise<void> {
  return http.send(conversationPath(id), { method: "DELETE" });
}

export function restoreConversation(id: string): Promise<Conversation> {
  return http.send(`${conversationPath(id)}/restore`, { method: "POST" });
}

export function openNewTurn(
  conversationId: string,
  question: Question,
  signal: AbortSignal,
): Promise<Response> {
  return http.open(`${conversationPath(conversationId)}/messages`, {
    method: "POST",
    json: question,
    headers: { Accept: "text/event-stream" },
    signal,
  });
}

/** Without a position the server replays the turn from its start. */
export function openTurnEvents(
  turnId: string,
  position: string | null,
  signal: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { Accept: "text/event-stream" };
  if (position !== null) headers["Last-Event-ID"] = position;
  return http.open(`${turnPath(turnId)}/events`, { headers, signal });
}

export function stopTurn(turnId: string): Promise<Turn> {
  return http.send(`${turnPath(turnId)}/stop`, { method: "POST" });
}
