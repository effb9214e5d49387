// Renaming and deleting: shown at once, taken back with a word when the server refuses.

import { useNavigate, useParams } from "@tanstack/react-router";
import {
  changeConversation,
  conversationKeys,
  deleteConversation,
  restoreConversation,
} from "@/api/chat-service";
import { patchConversation, removeConversation } from "@/api/conversation-cache";
import { queryClient } from "@/api/query-client";
import type { Conversation } from "@/api/types";
import { showToast } from "@/components/toasts";
import { texts } from "./texts";

export function useConversationActions() {
  const navigate = useNavigate();
  const { conversationId: openId } = useParams({ strict: false });

  async function rename(conversation: Conversation, title: string): Promise<void> {
    patchConversation(conversation.id, { title });
    try {
      await changeConversation(conversation.id, { title });
    } catch (error) {
      patchConversation(conversation.id, { title: conversation.title });
      complain(error);
    }
  }

  async function remove(conversation: Conversation): Promise<void> {
    removeConversation(conversation.id);
    if (openId === conversation.id) void navigate({ to: "/" });
    try {
      await deleteConversation(conversation.id);
      showToast({
        text: texts.deleted,
        action: { label: texts.undo, run: () => void restore(conversation.id) },
      });
    } catch (error) {
      complain(error);
      await refreshList();
    }
  }

  async function restore(id: string): Promise<void> {
    try {
      await restoreConversation(id);
      showToast({ text: texts.restored });
      await queryClient.invalidateQueries({ queryKey: conversationKeys.one(id) });
    } catch (error) {
      complain(error);
    }
    await refreshList();
  }

  return { rename, remove };
}

function refreshList(): Promise<void> {
  return queryClient.invalidateQueries({ queryKey: conversationKeys.list });
}

function complain(error: unknown): void {
  showToast({ text: error instanceof Error ? error.message : String(error), tone: "danger" });
}
