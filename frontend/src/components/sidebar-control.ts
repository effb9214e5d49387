// How a page opens the sidebar that stands beside it (on a wide screen) or slides over it (on a phone).

import { createContext, useContext } from "react";

export type SidebarControl = { isShown: boolean; show: () => void };

export const SidebarControlContext = createContext<SidebarControl>({ isShown: true, show: () => undefined });

export function useSidebarControl(): SidebarControl {
  return useContext(SidebarControlContext);
}
