// Where a question is written anew. What was asked before stays as another version.

import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import { Button } from "@/components/button";
import { texts } from "./texts";

export function QuestionEditor({
  text,
  onSend,
  onCancel,
}: {
  text: string;
  onSend: (content: string) => void;
  onCancel: () => void;
}) {
  const [content, setContent] = useState(text);
  const area = useRef<HTMLTextAreaElement>(null);
  const maySend = content.trim() !== "" && content !== text;
  useEffect(() => {
    area.current?.focus();
    area.current?.setSelectionRange(text.length, text.length);
  }, [text]);
  const send = () => {
    if (maySend) onSend(content);
  };
  const act = (event: KeyboardEvent) => {
    if (event.key === "Escape") onCancel();
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
      className="w-full rounded-bubble border border-line-strong/45 bg-surface p-2 shadow-small has-[textarea:focus-visible]:border-accent"
    >
      <textarea
        ref={area}
        value={content}
        onChange={(event) => setContent(event.target.value)}
        onKeyDown={act}
        aria-label={texts.edit.field}
        className="thin-scrollbar field-sizing-content block max-h-[40dvh] min-h-16 w-full resize-none bg-transparent px-2.5 py-1.5 text-prose leading-relaxed outline-none"
      />
      <div className="flex flex-wrap items-center justify-end gap-2">
        <p className="min-w-0 flex-1 ps-2.5 text-tiny text-muted">{texts.edit.hint}</p>
        <Button size="small" variant="ghost" onClick={onCancel}>
          {texts.edit.cancel}
        </Button>
        <Button size="small" variant="primary" type="submit" disabled={!maySend}>
          {texts.edit.send}
        </Button>
      </div>
    </form>
  );
}
