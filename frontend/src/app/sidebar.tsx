// The sidebar: a new chat, the conversations, and the reader's own corner.

import { Link, useRouteContext } from "@tanstack/react-router";
import { maySeeAnalytics } from "@/api/claims";
import { IconButton } from "@/components/button";
import { Icon } from "@/components/icon";
import { Wordmark } from "@/components/logo";
import { ConversationList } from "@/features/conversations/conversation-list";
import { AccountMenu } from "./account-menu";
import { texts } from "./texts";

export function Sidebar({ onHide, onOpen }: { onHide: () => void; onOpen: () => void }) {
  const { claims } = useRouteContext({ from: "/members" });
  return (
    <div className="flex h-full flex-col">
      <div className="flex h-14 shrink-0 items-center justify-between ps-4 pe-2.5">
        <Link to="/" onClick={onOpen} aria-label="Parley" className="flex rounded-control">
          <Wordmark />
        </Link>
        <IconButton label={texts.hideSidebar} icon="panel" isSmall onClick={onHide} />
      </div>
      <div className="px-3 pt-1 pb-3">
        <Link
          to="/"
          onClick={onOpen}
          title="Ctrl+Shift+O"
          className="flex h-10 items-center gap-2.5 rounded-control border border-line bg-surface px-3 font-medium shadow-small transition-colors duration-(--quick) hover:bg-hover"
        >
          <Icon name="plus" className="size-4 text-accent" />
          {texts.newChat}
        </Link>
      </div>
      <div className="thin-scrollbar relative min-h-0 flex-1 overflow-y-auto overscroll-contain px-3">
        <ConversationList onOpen={onOpen} />
      </div>
      <div className="flex shrink-0 flex-col gap-1 border-t border-line p-3">
        {maySeeAnalytics(claims) && (
          <Link
            to="/analytics"
            onClick={onOpen}
            activeProps={{ className: "bg-pressed/80 text-ink" }}
            className="flex h-10 items-center gap-2.5 rounded-control px-3 font-medium text-ink-soft hover:bg-hover"
          >
            <Icon name="chart" className="size-4 text-muted" />
            {texts.analytics}
          </Link>
        )}
        <AccountMenu username={claims.username} onOpen={onOpen} />
      </div>
    </div>
  );
}
