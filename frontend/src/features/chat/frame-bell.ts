// Tells listeners that something has changed, at most once a frame: deltas may come faster than the screen shows them.

/** A hidden page gets no animation frames; it is still told now and then. */
const HIDDEN_PAGE_DELAY_MS = 250;

export class FrameBell {
  private readonly listeners = new Set<() => void>();
  private isPlanned = false;

  /** `prepare` is called before the listeners, once for all of them. */
  constructor(private readonly prepare: () => void) {}

  subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  ringSoon = (): void => {
    if (this.isPlanned) return;
    this.isPlanned = true;
    if (document.hidden) setTimeout(this.ring, HIDDEN_PAGE_DELAY_MS);
    else requestAnimationFrame(this.ring);
  };

  ring = (): void => {
    this.isPlanned = false;
    this.prepare();
    for (const listener of this.listeners) listener();
  };
}
