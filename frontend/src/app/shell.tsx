// The frame of a signed-in page: the sidebar beside it, or over it on a narrow screen.

import { Outlet } from "@tanstack/react-router";
import { useCallback, useMemo, useState } from "react";
import { Drawer } from "@/components/dialog";
import { SidebarControlContext } from "@/components/sidebar-control";
import { TooltipProvider } from "@/components/tooltip";
import { readStored, store } from "@/lib/storage";
import { useMediaQuery, WIDE_SCREEN } from "@/lib/use-media-query";
import { Sidebar } from "./sidebar";
import { texts } from "./texts";
import { useShortcuts } from "./use-shortcuts";

export function Shell() {
  const isWide = useMediaQuery(WIDE_SCREEN);
  const [isKept, setKept] = useState(() => readStored("sidebar") !== "hidden");
  const [isDrawerOpen, setDrawerOpen] = useState(false);
  useShortcuts();

  const keep = useCallback((isShown: boolean) => {
    setKept(isShown);
    store("sidebar", isShown ? null : "hidden");
  }, []);
  const control = useMemo(
    () => ({ isShown: isWide && isKept, show: () => (isWide ? keep(true) : setDrawerOpen(true)) }),
    [isWide, isKept, keep],
  );

  return (
    <TooltipProvider>
      <SidebarControlContext value={control}>
        <a
          href="#content"
          className="fixed start-3 top-3 z-60 -translate-y-20 rounded-control bg-ink px-4 py-2 font-medium text-canvas focus:translate-y-0"
        >
          {texts.skip}
        </a>
        <div className="flex h-dvh overflow-clip">
          {isWide && isKept && (
            <aside aria-label={texts.sidebar} className="w-72 shrink-0 border-e border-line bg-sunken">
              <Sidebar onHide={() => keep(false)} onOpen={() => undefined} />
            </aside>
          )}
          {!isWide && (
            <Drawer isOpen={isDrawerOpen} onOpenChange={setDrawerOpen} title={texts.sidebar}>
              <Sidebar onHide={() => setDrawerOpen(false)} onOpen={() => setDrawerOpen(false)} />
            </Drawer>
          )}
          <main id="content" tabIndex={-1} className="relative flex min-w-0 flex-1 flex-col outline-none">
            <Outlet />
          </main>
        </div>
      </SidebarControlContext>
    </TooltipProvider>
  );
}
