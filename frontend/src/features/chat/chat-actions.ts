// What can be done with the messages of the open conversation.

import { createContext, useContext } from "react";
import type { Message, Model } from "@/api/types";
import type { LiveTurn } from "./turn-follower";

export type ChatActions = {
  models: Model[];
  regenerate: (reply: Message, model?: string) => void;
  continueReply: (reply: Message) => void;
  edit: (question: Message, content: string) => void;
  show: (messageId: string) => void;
  cancel: (live: LiveTurn) => void;
};

const ChatActionsContext = createContext<ChatActions | null>(null);

export const ChatActionsProvider = ChatActionsContext.Provider;

export function useChatActions(): ChatActions {
  const actions = useContext(ChatActionsContext);
  if (!actions) throw new Error("Messages are shown inside a conversation.");
  return actions;
}

export function nameOf(models: Model[], id: string | null): string | null {
  return models.find((model) => model.id === id)?.name ?? id;
}
