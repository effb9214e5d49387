// Where a question is typed. What is typed stays until the server has it.

import { type KeyboardEvent, type ReactNode, useEffect, useLayoutEffect, useRef } from "react";
import { Icon } from "@/components/icon";
import { Spinner } from "@/components/spinner";
import { Tooltip } from "@/components/tooltip";
import { classNames } from "@/lib/class-names";
import { formatCount } from "@/lib/format";
import { useMediaQuery, WIDE_SCREEN } from "@/lib/use-media-query";
import { AttachButton } from "./attach-button";
import { AttachmentList } from "./attachment-list";
import { type Attachment, takeAttachments, useAttachments } from "./attachments";
import { useDraft, writeDraft } from "./drafts";
import { texts } from "./texts";
import { usePicturesIn } from "./use-pictures-in";

const LONGEST_QUESTION = 100_000;

/** idle: may send; opening: the conversation is being made; sending, writing, stopping: a turn is under way. */
export type ComposerState = "idle" | "opening" | "sending" | "writing" | "stopping";

export function Composer({
  draftKey,
  state,
  takesPictures,
  tools,
  onSend,
  onStop,
}: {
  draftKey: string;
  state: ComposerState;
  takesPictures: boolean;
  tools: ReactNode;
  onSend: (content: string, attachments: Attachment[]) => void;
  onStop: () => void;
}) {
  const draft = useDraft(draftKey);
  const attachments = useAttachments(draftKey);
  const pictures = usePicturesIn(draftKey, takesPictures);
  const area = useRef<HTMLTextAreaElement>(null);
  const isWide = useMediaQuery(WIDE_SCREEN);
  const over = draft.length - LONGEST_QUESTION;
  const maySend = state !== "opening" && draft.trim() !== "" && over <= 0;

  useAutogrow(area, draft);
  useFocusOnOpen(area, draftKey, isWide);

  const send = () => {
    if (maySend) onSend(draft, takesPictures ? takeAttachments(draftKey) : []);
    area.current?.focus();
  };

  // The button goes away with the turn; whoever stopped it reads on or asks again from here.
  const stop = () => {
    onStop();
    area.current?.focus();
  };

  const act = (event: KeyboardEvent) => {
    if (event.key === "Escape" && state !== "idle") stop();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };

  return (
    <form
      aria-label={texts.composer.label}
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      {...pictures.handlers}
      className={classNames(
        "relative rounded-[1.375rem] border border-line-strong/45 bg-surface shadow-raised transition-[border-color] duration-(--quick)",
        "has-[textarea:focus-visible]:border-accent has-[textarea:focus-visible]:ring-4 has-[textarea:focus-visible]:ring-accent/12",
      )}
    >
      {pictures.isOver && <DropHint />}
      {takesPictures && <AttachmentList draftKey={draftKey} attachments={attachments} />}
      <textarea
        ref={area}
        rows={1}
        value={draft}
        onChange={(event) => writeDraft(draftKey, event.target.value)}
        onKeyDown={act}
        aria-label={texts.composer.label}
        aria-describedby={`${draftKey}-hint`}
        placeholder={texts.composer.placeholder}
        enterKeyHint="send"
        className="thin-scrollbar block max-h-[min(20rem,40dvh)] w-full resize-none bg-transparent px-4 pt-3.5 pb-1 text-prose leading-relaxed outline-none sm:px-5"
      />
      <div className="flex items-center gap-1 px-2 pb-2 sm:px-2.5">
        {takesPictures && <AttachButton onFiles={(files) => void pictures.add(files)} />}
        {tools}
        <p
          id={`${draftKey}-hint`}
          className={classNames(
            "me-1 min-w-0 flex-1 truncate text-end text-tiny",
            over > 0 ? "text-danger" : "text-muted",
            over <= 0 && (state === "idle" || draft === "") && "max-sm:invisible",
          )}
        >
          {hintFor(state, draft, over)}
        </p>
        <ActionButtons state={state} maySend={maySend} hasDraft={draft !== ""} onStop={stop} />
      </div>
    </form>
  );
}

function DropHint() {
  return (
    <p className="pointer-events-none absolute inset-0 z-10 grid animate-fade place-items-center rounded-[1.375rem] border-2 border-dashed border-accent bg-accent-soft font-medium text-accent">
      {texts.composer.drop}
    </p>
  );
}

const ROUND =
  "grid size-10 shrink-0 place-items-center rounded-full transition-[filter,background-color] duration-(--quick)";

// The buttons have keys: one element that turned from stopping into sending under a click would send.
function ActionButtons({
  state,
  maySend,
  hasDraft,
  onStop,
}: {
  state: ComposerState;
  maySend: boolean;
  hasDraft: boolean;
  onStop: () => void;
}) {
  const isRunning = state !== "idle" && state !== "opening";
  return (
    <>
      {isRunning && <StopButton key="stop" state={state} onStop={onStop} />}
      {isRunning && hasDraft && (
        <SendButton key="queue" label={texts.composer.queue} isLit={maySend} maySend={maySend} />
      )}
      {!isRunning && (
        <SendButton
          key="send"
          label={texts.composer.send}
          isLit={maySend || state === "opening"}
          maySend={maySend}
          isBusy={state === "opening"}
        />
      )}
    </>
  );
}

function SendButton({
  label,
  isLit,
  maySend,
  isBusy = false,
}: {
  label: string;
  isLit: boolean;
  maySend: boolean;
  isBusy?: boolean;
}) {
  return (
    <Tooltip text={label}>
      <button
        type="submit"
        aria-label={label}
        aria-disabled={!maySend}
        className={classNames(
          ROUND,
          isLit
            ? "bg-gradient-accent text-on-accent shadow-small hover:brightness-110"
            : "bg-hover text-muted",
        )}
      >
        {isBusy ? <Spinner /> : <Icon name="arrowUp" />}
      </button>
    </Tooltip>
  );
}

function StopButton({ state, onStop }: { state: ComposerState; onStop: () => void }) {
  const label = stopLabel(state);
  return (
    <Tooltip text={label}>
      <button
        type="button"
        aria-label={label}
        aria-disabled={state === "stopping"}
        onClick={onStop}
        className={classNames(ROUND, "bg-ink text-canvas hover:opacity-85")}
      >
        {state === "stopping" ? <Spinner /> : <Icon name="stop" />}
      </button>
    </Tooltip>
  );
}

function stopLabel(state: ComposerState): string {
  if (state === "sending") return texts.composer.cancel;
  return state === "stopping" ? texts.composer.stopping : texts.composer.stop;
}

function hintFor(state: ComposerState, draft: string, over: number): string {
  if (over > 0) return texts.composer.tooLong(formatCount(over));
  if (state === "idle" || state === "opening") return texts.composer.hint;
  return draft === "" ? texts.composer.hintRunning : texts.composer.hintQueue;
}

function useAutogrow(area: React.RefObject<HTMLTextAreaElement | null>, text: string): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: the height follows from the text.
  useLayoutEffect(() => {
    if (!area.current) return;
    area.current.style.height = "auto";
    area.current.style.height = `${area.current.scrollHeight}px`;
  }, [area, text]);
}

/** On a phone the keyboard would cover what one came to read. */
function useFocusOnOpen(
  area: React.RefObject<HTMLTextAreaElement | null>,
  draftKey: string,
  isWide: boolean,
): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another conversation is another opening.
  useEffect(() => {
    if (!isWide || !area.current || isInUse(document.activeElement, area.current)) return;
    area.current.focus();
    area.current.setSelectionRange(area.current.value.length, area.current.value.length);
  }, [draftKey]);
}

/** Somebody who is choosing from a menu or typing a title while the page still loads keeps the focus. */
function isInUse(focused: Element | null, area: HTMLTextAreaElement): boolean {
  return (
    focused !== area && (focused?.matches("[role=menu], [role=menu] *, [role=dialog] *, input") ?? false)
  );
}
