// What the messages of a conversation can be told to do, as one value that changes only with the models.

import { useMemo } from "react";
import type { Model } from "@/api/types";
import { newAttachment } from "./attachments";
import { chooseBranch } from "./branch-choice";
import type { ChatActions } from "./chat-actions";
import { ask, askAgain, stop } from "./live-turns";
import { pictureFile } from "./picture-cache";

export function useActions(conversationId: string, models: Model[], model: string | undefined): ChatActions {
  return useMemo(
    () => ({
      models,
      regenerate: (reply, withModel) =>
        askAgain(conversationId, {
          kind: "regenerate",
          messageId: reply.id,
          questionId: reply.parent_id,
          ...(withModel && { model: withModel }),
        }),
      continueReply: (reply) =>
        askAgain(conversationId, { kind: "continue", messageId: reply.id, questionId: reply.parent_id }),
      edit: (question, content) => {
        // Each picture can be asked with once, so a new version hands in its own.
        const attachments = question.images.map((image, index) =>
          newAttachment(`${index + 1}`, null, pictureFile(image.id)),
        );
        ask(conversationId, {
          content,
          model,
          parentId: question.parent_id,
          edits: question.id,
          attachments,
        });
      },
      show: (messageId) => chooseBranch(conversationId, messageId),
      cancel: (live) => stop(conversationId, live),
    }),
    [conversationId, models, model],
  );
}
