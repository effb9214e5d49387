// Steps through the versions of a message: what it was before an edit, or the other answers to a question.

import { IconButton } from "@/components/button";
import { useChatActions } from "./chat-actions";
import { texts } from "./texts";

export function VersionSwitch({ place, versions }: { place: number; versions: string }) {
  const { show } = useChatActions();
  const ids = versions.split(" ");
  if (ids.length < 2) return null;
  const step = (by: number) => {
    const id = ids[place - 1 + by];
    if (id !== undefined) show(id);
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms.
    <div role="group" aria-label={texts.versions.label} className="flex items-center text-tiny text-muted">
      <IconButton
        label={texts.versions.earlier}
        icon="chevronLeft"
        isSmall
        aria-disabled={place <= 1}
        onClick={() => step(-1)}
        className="aria-disabled:opacity-40"
      />
      <span className="tabular-nums">
        <span aria-hidden="true">{texts.versions.place(place, ids.length)}</span>
        <span className="sr-only">{texts.versions.placeSpoken(place, ids.length)}</span>
      </span>
      <IconButton
        label={texts.versions.later}
        icon="chevronRight"
        isSmall
        aria-disabled={place >= ids.length}
        onClick={() => step(1)}
        className="aria-disabled:opacity-40"
      />
    </div>
  );
}
