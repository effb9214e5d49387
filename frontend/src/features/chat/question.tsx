// One question, in its bubble: as it was asked, while it waits, or being edited into another version.

import { memo, useRef, useState } from "react";
import type { Message } from "@/api/types";
import { Button, IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { formatMoment } from "@/lib/dates";
import { sentWith } from "./attachments";
import { useChatActions } from "./chat-actions";
import type { DisplayedMessage } from "./displayed-messages";
import { Pictures } from "./picture";
import { QuestionEditor } from "./question-editor";
import { texts } from "./texts";
import type { LiveTurn } from "./turn-follower";
import { VersionSwitch } from "./version-switch";

export const Question = memo(function Question({
  question,
  state,
  queued,
  mayAct,
  place,
  versions,
}: {
  question: Message;
  state: DisplayedMessage["state"];
  /** The turn that can be cancelled while it waits. */
  queued: LiveTurn | null;
  mayAct: boolean;
  place: number;
  versions: string;
}) {
  const { edit } = useChatActions();
  const [isEditing, setEditing] = useState(false);
  const editButton = useRef<HTMLButtonElement>(null);
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => editButton.current?.focus());
  };
  const handedIn = sentWith(question.client_message_id ?? "");
  return (
    <article aria-label={texts.messages.yours} className="group/question flex flex-col items-end">
      <Pictures images={question.images} shown={handedIn.flatMap(({ address }) => address ?? [])} />
      {isEditing ? (
        <QuestionEditor
          text={question.content}
          onCancel={close}
          onSend={(content) => {
            setEditing(false);
            edit(question, content);
          }}
        />
      ) : (
        <div
          title={formatMoment(question.created_at)}
          className="max-w-[88%] rounded-bubble rounded-ee-md bg-gradient-soft px-4 py-2.5 text-prose leading-relaxed wrap-anywhere whitespace-pre-wrap sm:max-w-[80%]"
        >
          {question.content}
        </div>
      )}
      {/* The row stands in the gap to the answer, so that it takes no room of its own. */}
      {!isEditing && (
        <div className="mt-0.5 -me-1 -mb-7 flex min-h-8 items-center text-tiny text-muted">
          {state === "sending" && <p className="pe-1">{texts.messages.sending}</p>}
          {queued && <WaitsItsTurn live={queued} />}
          {state === "said" && mayAct && (
            <IconButton
              ref={editButton}
              label={texts.edit.start}
              icon="pencil"
              isSmall
              onClick={() => setEditing(true)}
              className="text-muted opacity-0 transition-opacity group-focus-within/question:opacity-100 group-hover/question:opacity-100 pointer-coarse:opacity-100"
            />
          )}
          {state === "said" && <VersionSwitch place={place} versions={versions} />}
        </div>
      )}
    </article>
  );
});

function WaitsItsTurn({ live }: { live: LiveTurn }) {
  const { cancel } = useChatActions();
  return (
    <p className="flex items-center gap-1">
      <Icon name="clock" className="size-3.5" />
      {texts.messages.queued}
      <Button
        size="small"
        variant="ghost"
        isBusy={live.isStopping}
        onClick={() => cancel(live)}
        className="h-7 px-2"
      >
        {texts.messages.cancelQueued}
      </Button>
    </p>
  );
}
