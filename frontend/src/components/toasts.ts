// The toasts that are showing. A tiny store, so that any code can say something without a React context.

export type Toast = {
  id: number;
  text: string;
  tone: "neutral" | "danger";
  action?: { label: string; run: () => void };
};

const MOST_AT_ONCE = 3;
let toasts: Toast[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function showToast(toast: Omit<Toast, "id" | "tone"> & { tone?: Toast["tone"] }): number {
  lastId += 1;
  change([...toasts, { tone: "neutral" as const, ...toast, id: lastId }].slice(-MOST_AT_ONCE));
  return lastId;
}

export function dismissToast(id: number): void {
  change(toasts.filter((toast) => toast.id !== id));
}

export function currentToasts(): Toast[] {
  return toasts;
}

export function subscribeToToasts(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

function change(next: Toast[]): void {
  toasts = next;
  for (const listener of listeners) listener();
}
