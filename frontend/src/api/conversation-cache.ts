// Edits to what is cached of conversations and messages, so that the page shows at once what the server will say.

import type { InfiniteData } from "@tanstack/react-query";
import { conversationKeys } from "./chat-service";
import { queryClient } from "./query-client";
import type { Conversation, Message, Page } from "./types";

type Pages<Item> = InfiniteData<Page<Item>, string | null>;

export function cacheNewConversation(conversation: Conversation): void {
  queryClient.setQueryData(conversationKeys.one(conversation.id), conversation);
  queryClient.setQueryData<Pages<Message>>(conversationKeys.messages(conversation.id), {
    pages: [{ items: [], next_cursor: null }],
    pageParams: [null],
  });
  showFirst(conversation);
}

export function patchConversation(id: string, change: Partial<Conversation>): void {
  queryClient.setQueryData<Conversation>(
    conversationKeys.one(id),
    (known) => known && { ...known, ...change },
  );
  queryClient.setQueryData<Pages<Conversation>>(conversationKeys.list, (list) =>
    mapItems(list, (item) => (item.id === id ? { ...item, ...change } : item)),
  );
}

/** A conversation that has just been used stands first in the list. */
export function touchConversation(id: string, change: Partial<Conversation>): void {
  patchConversation(id, change);
  const list = queryClient.getQueryData<Pages<Conversation>>(conversationKeys.list);
  const conversation = list?.pages.flatMap((page) => page.items).find((item) => item.id === id);
  if (conversation) showFirst(conversation);
}

export function removeConversation(id: string): void {
  queryClient.setQueryData<Pages<Conversation>>(conversationKeys.list, (list) =>
    filterItems(list, (item) => item.id !== id),
  );
}

/** Replaces messages that are known by their id and appends the others to the newest page. */
export function mergeMessages(conversationId: string, messages: Message[]): void {
  queryClient.setQueryData<Pages<Message>>(conversationKeys.messages(conversationId), (list) => {
    if (!list) return list;
    const known = new Set(list.pages.flatMap((page) => page.items.map((item) => item.id)));
    const byId = new Map(messages.map((message) => [message.id, message]));
    const replaced = mapItems(list, (item) => byId.get(item.id) ?? item) ?? list;
    const added = messages.filter((message) => !known.has(message.id));
    const pages = replaced.pages.map((page, index) =>
      index === 0 ? { ...page, items: [...page.items, ...added] } : page,
    );
    return { ...replaced, pages };
  });
}

function showFirst(conversation: Conversation): void {
  queryClient.setQueryData<Pages<Conversation>>(conversationKeys.list, (list) => {
    const others = filterItems(list, (item) => item.id !== conversation.id);
    if (!others) return others;
    const pages = others.pages.map((page, index) =>
      index === 0 ? { ...page, items: [conversation, ...page.items] } : page,
    );
    return { ...others, pages };
  });
}

function mapItems<Item>(
  list: Pages<Item> | undefined,
  change: (item: Item) => Item,
): Pages<Item> | undefined {
  return list && { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.map(change) })) };
}

function filterItems<Item>(
  list: Pages<Item> | undefined,
  keep: (item: Item) => boolean,
): Pages<Item> | undefined {
  return list && { ...list, pages: list.pages.map((page) => ({ ...page, items: page.items.filter(keep) })) };
}
