// What a turn was begun for, and how it is asked for on each way.

import { askAgain, sendQuestion } from "@/api/chat-service";
import type { Again, Question, Turn, TurnAnswer } from "@/api/types";
import { newId } from "@/lib/ids";
import type { AskingFrame } from "./transport/chat-frames";

export type SendErrand = {
  kind: "send";
  question: Question;
  /** The message the question stands below; null at the top. It may be an answer that has no id yet. */
  parentId: string | null;
  askedAt: string;
};

export type AgainErrand = {
  kind: "regenerate" | "continue";
  messageId: string;
  again: Again;
  /** The question that is answered once more. */
  parentId: string | null;
  askedAt: string;
};

export type AskingErrand = SendErrand | AgainErrand;
export type Errand = AskingErrand | { kind: "follow"; turnId: string };

export type Wish = {
  content: string;
  model: string | undefined;
  /** The message it stands below. */
  parentId: string | null;
  /** The question that it is another version of. */
  edits?: string;
};

export type AgainWish = {
  kind: "regenerate" | "continue";
  messageId: string;
  questionId: string | null;
  model?: string;
};

export function sendErrand({ content, model, parentId, edits }: Wish): SendErrand {
  const question = { client_message_id: newId(), content, if_busy: "queue" as const };
  return {
    kind: "send",
    question: { ...question, ...(model && { model }), ...(edits && { edits }) },
    parentId,
    askedAt: new Date().toISOString(),
  };
}

export function againErrand({ kind, messageId, questionId, model }: AgainWish): AgainErrand {
  const again = { client_message_id: newId(), if_busy: "queue" as const, ...(model && { model }) };
  return { kind, messageId, again, parentId: questionId, askedAt: new Date().toISOString() };
}

/** Until the service has named them, the messages of a turn go by these names. */
export type TurnIds = { questionId: string; replyId: string };

const PROVISIONAL_REPLY = "/reply";

export function clientMessageId(errand: AskingErrand): string {
  return errand.kind === "send" ? errand.question.client_message_id : errand.again.client_message_id;
}

export function provisionalIds(errand: AskingErrand): TurnIds {
  const id = clientMessageId(errand);
  const questionId = errand.kind === "send" ? id : (errand.parentId ?? id);
  return { questionId, replyId: `${id}${PROVISIONAL_REPLY}` };
}

export function idsOf(turn: Turn): TurnIds {
  return { questionId: turn.question_id, replyId: turn.reply_id };
}

/** Whose reply this is, when the service has not named it yet. */
export function provisionalOwner(messageId: string): string | null {
  return messageId.endsWith(PROVISIONAL_REPLY) ? messageId.slice(0, -PROVISIONAL_REPLY.length) : null;
}

export function frameOf(errand: AskingErrand): AskingFrame {
  if (errand.kind === "send") return { kind: "send", ...errand.question };
  return { kind: errand.kind, message_id: errand.messageId, ...errand.again };
}

export function post(conversationId: string, errand: AskingErrand, signal: AbortSignal): Promise<TurnAnswer> {
  if (errand.kind === "send") return sendQuestion(conversationId, errand.question, signal);
  const { kind, messageId, again } = errand;
  return askAgain(conversationId, { kind, messageId, again }, signal);
}
