// The short way to a new chat while the sidebar is away.

import { Link } from "@tanstack/react-router";
import { Icon } from "@/components/icon";
import { useSidebarControl } from "@/components/sidebar-control";
import { Tooltip } from "@/components/tooltip";
import { texts } from "./texts";

export function NewChatLink() {
  const sidebar = useSidebarControl();
  if (sidebar.isShown) return null;
  return (
    <Tooltip text={texts.newChat}>
      <Link
        to="/"
        aria-label={texts.newChat}
        className="grid size-10 shrink-0 place-items-center rounded-control text-ink-soft hover:bg-hover hover:text-ink"
      >
        <Icon name="plus" />
      </Link>
    </Tooltip>
  );
}
