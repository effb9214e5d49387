// The tree of a conversation's messages. A message that was edited or answered again has siblings; the reader sees
// one path from the top to a leaf. Pure. Messages come in the order in which they were made.

import type { Message } from "@/api/types";

type Node = Pick<Message, "id" | "parent_id" | "role">;

/** The path through a message to the newest leaf below it; without one, to the newest leaf of all. */
export function pathThrough<Each extends Node>(messages: Each[], chosen: string | null): Each[] {
  const byId = new Map(messages.map((message) => [message.id, message]));
  const start = (chosen === null ? undefined : byId.get(chosen)) ?? messages.at(-1);
  if (!start) return [];
  const path = new Set<Each>();
  // What is not loaded yet ends the path; a message above itself could only come of a mistake.
  for (
    let each: Each | undefined = newestLeafBelow(messages, start);
    each && !path.has(each);
    each = each.parent_id === null ? undefined : byId.get(each.parent_id)
  ) {
    path.add(each);
  }
  return [...path].toReversed();
}

/** For each message its versions, itself among them, oldest first. */
export function versionsOf<Each extends Node>(messages: Each[]): (message: Each) => Each[] {
  const groups = new Map<string, Each[]>();
  for (const message of messages) {
    const group = groups.get(placeOf(message));
    if (group) group.push(message);
    else groups.set(placeOf(message), [message]);
  }
  return (message) => groups.get(placeOf(message)) ?? [message];
}

function placeOf({ parent_id, role }: Node): string {
  return `${role} ${parent_id}`;
}

function newestLeafBelow<Each extends Node>(messages: Each[], start: Each): Each {
  const below = new Set([start.id]);
  let newest = start;
  for (const message of messages) {
    if (message.parent_id === null || !below.has(message.parent_id)) continue;
    below.add(message.id);
    newest = message;
  }
  return newest;
}
