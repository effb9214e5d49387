// Answers a question once more, with the same model or another one.

import type { Message } from "@/api/types";
import { IconButton } from "@/components/button";
import { Menu, MenuItem, MenuLabel } from "@/components/menu";
import { useChatActions } from "./chat-actions";
import { texts } from "./texts";

export function AgainMenu({ reply }: { reply: Message }) {
  const { models, regenerate } = useChatActions();
  const button = <IconButton label={texts.again.label} icon="retry" isSmall className="text-muted" />;
  if (models.length < 2) {
    return (
      <IconButton
        label={texts.again.label}
        icon="retry"
        isSmall
        onClick={() => regenerate(reply)}
        className="text-muted"
      />
    );
  }
  const same = reply.asked_model ?? reply.model;
  const ordered = models.toSorted((one, other) => Number(other.id === same) - Number(one.id === same));
  return (
    <Menu trigger={button} side="top" className="max-w-[calc(100vw-1rem)]">
      <MenuLabel>{texts.again.label}</MenuLabel>
      {ordered.map((model) => (
        <MenuItem
          key={model.id}
          icon={model.id === same ? "retry" : "sparkle"}
          onSelect={() => regenerate(reply, model.id)}
        >
          <span className="min-w-0 truncate">{texts.again.with(model.name)}</span>
        </MenuItem>
      ))}
    </Menu>
  );
}
