// The bar at the top of a page: the way to the sidebar, the page's name, its actions.

import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";
import { IconButton } from "./button";
import { useSidebarControl } from "./sidebar-control";

export function PageHeader({
  title,
  actions,
  hasOwnHeading = false,
}: {
  title: string;
  actions?: ReactNode;
  /** The page below says its name itself. */
  hasOwnHeading?: boolean;
}) {
  const sidebar = useSidebarControl();
  return (
    <header className="flex h-14 shrink-0 items-center gap-2 px-3 sm:px-4">
      <title>{`${title} · Parley`}</title>
      {!sidebar.isShown && <IconButton label="Open sidebar" icon="menu" onClick={sidebar.show} />}
      {hasOwnHeading ? (
        <span className="flex-1" />
      ) : (
        <h1
          title={title}
          className={classNames(
            "min-w-0 flex-1 truncate px-1 text-body font-medium",
            sidebar.isShown && "sm:px-3",
          )}
        >
          {title}
        </h1>
      )}
      {actions}
    </header>
  );
}
