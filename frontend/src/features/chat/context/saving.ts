// Saves a change of the conversation: shown at once, taken back when the service refuses.

import { changeConversation, conversationKeys } from "@/api/chat-service";
import { patchConversation } from "@/api/conversation-cache";
import { queryClient } from "@/api/query-client";
import type { CallParameters, ContextPolicy, Conversation } from "@/api/types";
import { showToast } from "@/components/toasts";
import { texts } from "./texts";

export type Saved = { context: ContextPolicy } | { parameters: CallParameters };

export async function save(conversation: Conversation, change: Saved): Promise<void> {
  const { id, context, parameters } = conversation;
  patchConversation(id, change);
  try {
    await changeConversation(id, change);
  } catch (problem) {
    patchConversation(id, "context" in change ? { context } : { parameters });
    const why = problem instanceof Error ? ` ${problem.message}` : "";
    showToast({ text: texts.notSaved + why, tone: "danger" });
  }
  await queryClient.invalidateQueries({ queryKey: conversationKeys.context(id) });
}
