// The messages of a conversation, whose code comes together with them: it is not needed to begin to type.

import { lazy, Suspense } from "react";
import { prepareMarkdown } from "./markdown/markdown";
import type { MessageListProps } from "./message-list";
import { MessagesLoading } from "./messages-loading";

const loadList = () => import("./message-list");
const MessageList = lazy(async () => ({ default: (await loadList()).MessageList }));

/** Called when a conversation is opened or about to begin, so that the code arrives together with the messages. */
export function prepareMessages(): void {
  void loadList();
  prepareMarkdown();
}

export function Messages(props: MessageListProps) {
  return (
    <Suspense fallback={<MessagesLoading />}>
      <MessageList {...props} />
    </Suspense>
  );
}
