// Keys that work anywhere: Ctrl or Cmd + Shift + O begins a new conversation.

import { useNavigate } from "@tanstack/react-router";
import { useEffect } from "react";

export function useShortcuts(): void {
  const navigate = useNavigate();
  useEffect(() => {
    const act = (event: KeyboardEvent) => {
      const isNewChat = (event.ctrlKey || event.metaKey) && event.shiftKey && event.key.toLowerCase() === "o";
      if (!isNewChat) return;
      event.preventDefault();
      void navigate({ to: "/" });
    };
    window.addEventListener("keydown", act);
    return () => window.removeEventListener("keydown", act);
  }, [navigate]);
}
