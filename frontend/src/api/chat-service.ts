// What the page asks of chat-service.

import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import type {
  Again,
  Context,
  Conversation,
  ConversationChange,
  ImageView,
  Message,
  Model,
  NewConversation,
  Page,
  Question,
  Tool,
  Turn,
  TurnAnswer,
  TurnEvents,
} from "./types";

const CONVERSATIONS_A_PAGE = 30;
const MESSAGES_A_PAGE = 50;

const conversationPath = (id: string) => `/api/chat/conversations/${encodeURIComponent(id)}`;
const turnPath = (id: string) => `/api/chat/turns/${encodeURIComponent(id)}`;

export const conversationKeys = {
  list: ["conversations"] as const,
  one: (id: string) => ["conversation", id] as const,
  messages: (id: string) => ["messages", id] as const,
  context: (id: string) => ["context", id] as const,
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

export const toolsQuery = queryOptions({
  queryKey: ["tools"],
  queryFn: ({ signal }) => http.get<{ items: Tool[] }>("/api/chat/tools", { signal }),
  select: (body) => body.items,
  staleTime: 60_000,
});

/** What would be sent with the next question, asked below a message. */
export function contextQuery(conversationId: string, parentId: string | null, model: string | undefined) {
  return queryOptions({
    queryKey: [...conversationKeys.context(conversationId), parentId, model],
    queryFn: ({ signal }) =>
      http.get<Context>(`${conversationPath(conversationId)}/context`, {
        query: { parent_id: parentId, model },
        signal,
      }),
  });
}

export function uploadImage(conversationId: string, image: Blob, signal: AbortSignal): Promise<ImageView> {
  return http.send(`${conversationPath(conversationId)}/images`, { method: "POST", blob: image, signal });
}

export async function downloadImage(imageId: string): Promise<Blob> {
  const response = await http.open(`/api/chat/images/${encodeURIComponent(imageId)}`, {
    headers: { Accept: "image/*" },
  });
  return response.blob();
}

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

/** Answered as soon as the question is stored; sending it again with the same id finds the same turn. */
export function sendQuestion(
  conversationId: string,
  question: Question,
  signal: AbortSignal,
): Promise<TurnAnswer> {
  return begin(`${conversationPath(conversationId)}/messages`, question, signal);
}

export function askAgain(
  conversationId: string,
  wish: { kind: "regenerate" | "continue"; messageId: string; again: Again },
  signal: AbortSignal,
): Promise<TurnAnswer> {
  const message = `messages/${encodeURIComponent(wish.messageId)}`;
  return begin(`${conversationPath(conversationId)}/${message}/${wish.kind}`, wish.again, signal);
}

function begin(path: string, json: Question | Again, signal: AbortSignal): Promise<TurnAnswer> {
  return http.send(path, { method: "POST", json, headers: { Prefer: "respond-async" }, signal });
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

/** What came after a position; the service waits a while for it. */
export function pollTurn(
  turnId: string,
  position: string | null,
  waitSeconds: number,
  signal: AbortSignal,
): Promise<TurnEvents> {
  return http.get(`${turnPath(turnId)}/poll`, { query: { after: position, wait: waitSeconds }, signal });
}

/** One socket for all turns of a conversation. It carries no credential: its first frame does. */
export function socketAddress(conversationId: string): string {
  const { protocol, host } = window.location;
  const path = `/api/chat/ws/${encodeURIComponent(conversationId)}`;
  return `${protocol === "https:" ? "wss:" : "ws:"}//${host}${path}`;
}

export function stopTurn(turnId: string): Promise<Turn> {
  return http.send(`${turnPath(turnId)}/stop`, { method: "POST" });
}
