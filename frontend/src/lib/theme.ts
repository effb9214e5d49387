// Light, dark, or as the system says. `public/theme.js` makes the same choice before the first paint.

import { useSyncExternalStore } from "react";
import { readStored, store } from "./storage";

export type ThemeChoice = "light" | "dark" | "system";

const systemIsDark = () => window.matchMedia("(prefers-color-scheme: dark)");
const listeners = new Set<() => void>();

export function themeChoice(): ThemeChoice {
  const stored = readStored("theme");
  return stored === "light" || stored === "dark" ? stored : "system";
}

export function chooseTheme(choice: ThemeChoice): void {
  store("theme", choice === "system" ? null : choice);
  applyTheme();
  for (const listener of listeners) listener();
}

/** Follows the system and the other tabs for as long as the page lives. */
export function watchTheme(): void {
  applyTheme();
  systemIsDark().addEventListener("change", applyTheme);
  window.addEventListener("storage", (event) => {
    if (event.key !== "parley.theme") return;
    applyTheme();
    for (const listener of listeners) listener();
  });
}

export function useThemeChoice(): ThemeChoice {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, themeChoice);
}

function applyTheme(): void {
  const choice = themeChoice();
  const dark = choice === "dark" || (choice === "system" && systemIsDark().matches);
  document.documentElement.dataset.theme = dark ? "dark" : "light";
  const canvas = getComputedStyle(document.documentElement).getPropertyValue("--canvas").trim();
  document.querySelector('meta[name="theme-color"]')?.setAttribute("content", canvas);
}
