// One conversation in the list: open it, rename it in place, delete it.

import { Link } from "@tanstack/react-router";
import { useRef, useState } from "react";
import type { Conversation } from "@/api/types";
import { Icon } from "@/components/icon";
import { Menu, MenuItem } from "@/components/menu";
import { classNames } from "@/lib/class-names";
import { texts } from "./texts";
import type { useConversationActions } from "./use-conversation-actions";

/** A closing menu gives the focus back to its button; the title field takes it after that. */
const MENU_CLOSING_MS = 30;

export function ConversationRow({
  conversation,
  actions,
  onOpen,
}: {
  conversation: Conversation;
  actions: ReturnType<typeof useConversationActions>;
  onOpen: () => void;
}) {
  const [isRenaming, setRenaming] = useState(false);
  const title = conversation.title ?? texts.untitled;

  if (isRenaming) {
    return (
      <li>
        <TitleField
          title={title}
          onDone={(changed) => {
            setRenaming(false);
            if (changed !== null) void actions.rename(conversation, changed);
          }}
        />
      </li>
    );
  }
  return (
    <li className="group/row relative">
      <Link
        to="/c/$conversationId"
        params={{ conversationId: conversation.id }}
        onClick={onOpen}
        title={title}
        activeProps={{ className: "bg-pressed/80 font-medium text-ink" }}
        className="flex h-9 items-center gap-2 rounded-control px-3 text-ink-soft group-focus-within/row:pe-10 group-hover/row:pe-10 pointer-coarse:pe-10 -outline-offset-2 hover:bg-hover pointer-coarse:h-11"
      >
        <span className="truncate">{title}</span>
        {conversation.running_turn_id && (
          <span className="size-2 shrink-0 animate-breathe rounded-full bg-accent">
            <span className="sr-only">{texts.writing}</span>
          </span>
        )}
      </Link>
      <RowMenu
        title={title}
        onRename={() => setRenaming(true)}
        onRemove={() => void actions.remove(conversation)}
      />
    </li>
  );
}

function RowMenu({
  title,
  onRename,
  onRemove,
}: {
  title: string;
  onRename: () => void;
  onRemove: () => void;
}) {
  return (
    <Menu
      trigger={
        <button
          type="button"
          aria-label={texts.actions(title)}
          className={classNames(
            "absolute end-1 top-1/2 grid size-7 -translate-y-1/2 place-items-center rounded-lg text-muted",
            "opacity-0 transition-opacity duration-(--quick) hover:bg-pressed hover:text-ink focus-visible:opacity-100",
            "group-focus-within/row:opacity-100 group-hover/row:opacity-100 data-[state=open]:bg-pressed data-[state=open]:opacity-100 pointer-coarse:opacity-100",
          )}
        >
          <Icon name="more" className="size-4" />
        </button>
      }
    >
      <MenuItem icon="pencil" onSelect={onRename}>
        {texts.rename}
      </MenuItem>
      <MenuItem icon="trash" onSelect={onRemove} isDanger>
        {texts.remove}
      </MenuItem>
    </Menu>
  );
}

function TitleField({ title, onDone }: { title: string; onDone: (changed: string | null) => void }) {
  const isDone = useRef(false);
  const finish = (text: string | null) => {
    // Enter and Escape remove the field, which then loses the focus: one ending is enough.
    if (isDone.current) return;
    isDone.current = true;
    const changed = text?.trim() ?? "";
    onDone(changed === "" || changed === title ? null : changed);
  };
  return (
    <input
      aria-label={texts.titleField}
      defaultValue={title}
      maxLength={200}
      ref={(field) => {
        if (!field) return;
        setTimeout(() => {
          field.focus();
          field.select();
        }, MENU_CLOSING_MS);
      }}
      onBlur={(event) => finish(event.target.value)}
      onKeyDown={(event) => {
        if (event.key === "Enter") finish(event.currentTarget.value);
        if (event.key === "Escape") finish(null);
      }}
      className="h-9 w-full rounded-control border border-accent bg-surface px-3 text-body focus-visible:outline-offset-0 pointer-coarse:h-11"
    />
  );
}
