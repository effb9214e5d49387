// Shows the toasts: at the top, clear of the composer, announced politely, waiting while the pointer or the focus is on them.

import { useEffect, useState, useSyncExternalStore } from "react";
import { classNames } from "@/lib/class-names";
import { Icon } from "./icon";
import { currentToasts, dismissToast, subscribeToToasts, type Toast } from "./toasts";

const SHOWN_MS = 5_000;
const SHOWN_WITH_ACTION_MS = 10_000;

export function Toaster() {
  const toasts = useSyncExternalStore(subscribeToToasts, currentToasts);
  return (
    <section
      aria-label="Notifications"
      aria-live="polite"
      className="pointer-events-none fixed inset-x-4 top-3 z-60 flex flex-col items-center gap-2 sm:inset-x-auto sm:end-5 sm:items-end"
    >
      {toasts.map((toast) => (
        <ToastCard key={toast.id} toast={toast} />
      ))}
    </section>
  );
}

function ToastCard({ toast }: { toast: Toast }) {
  const [isHeld, setHeld] = useState(false);
  const shownMs = toast.action ? SHOWN_WITH_ACTION_MS : SHOWN_MS;
  useEffect(() => {
    if (isHeld) return;
    const timer = setTimeout(() => dismissToast(toast.id), shownMs);
    return () => clearTimeout(timer);
  }, [isHeld, shownMs, toast.id]);

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: holding a toast open is a comfort, not an action.
    <div
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      className={classNames(
        "pointer-events-auto flex w-full max-w-sm animate-rise items-center gap-1 rounded-[0.875rem] py-1.5 ps-4 pe-1.5",
        "bg-ink text-canvas shadow-floating sm:w-auto sm:min-w-72",
      )}
    >
      <span className="min-w-0 flex-1 py-1.5 text-body">{toast.text}</span>
      {toast.action && (
        <button
          type="button"
          onClick={() => {
            toast.action?.run();
            dismissToast(toast.id);
          }}
          className="rounded-lg px-2.5 py-1.5 text-body font-semibold text-canvas underline decoration-1 underline-offset-4 hover:decoration-2 focus-visible:outline-canvas focus-visible:-outline-offset-2"
        >
          {toast.action.label}
        </button>
      )}
      <button
        type="button"
        aria-label="Dismiss"
        onClick={() => dismissToast(toast.id)}
        className="grid size-8 shrink-0 place-items-center rounded-lg text-canvas/80 hover:bg-canvas/15 hover:text-canvas focus-visible:outline-canvas focus-visible:-outline-offset-2"
      >
        <Icon name="close" className="size-4" />
      </button>
    </div>
  );
}
