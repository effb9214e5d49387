// Decides whether the end of a growing text is followed. It follows a reader who is at the end, and leaves
// everyone else alone. Knows the scrolling element only by its three measures, so it can be tried without a page.

/** This close to the end counts as being there. */
const AT_END_PX = 64;
/** A scroll this soon after a hand on the wheel, the screen or the keys is the reader's. */
const READER_ACTS_MS = 400;

export type Scroller = Pick<HTMLElement, "scrollTop" | "scrollHeight" | "clientHeight">;

export class StickyEnd {
  private isFollowing = true;
  private lastTop = 0;
  private lastHeight = 0;
  private actedAt = Number.NEGATIVE_INFINITY;

  constructor(
    private readonly scroller: Scroller,
    private readonly now: () => number,
  ) {}

  get isAtEnd(): boolean {
    return this.isFollowing || this.toEnd() < AT_END_PX;
  }

  follow(): void {
    this.isFollowing = true;
  }

  noteAction = (): void => {
    this.actedAt = this.now();
  };

  noteScroll(): void {
    const { scrollTop } = this.scroller;
    if (this.isReaders() && scrollTop < this.lastTop - 1 && this.toEnd() > 2) this.isFollowing = false;
    else if (this.toEnd() < AT_END_PX && scrollTop >= this.lastTop) this.isFollowing = true;
    this.lastTop = scrollTop;
  }

  noteSize(): void {
    if (this.isFollowing) this.scroller.scrollTop = this.scroller.scrollHeight;
    this.lastHeight = this.scroller.scrollHeight;
  }

  /** Earlier messages were put in above: what is being read stays where it is. */
  notePrepended(): void {
    if (!this.isFollowing) this.scroller.scrollTop += this.scroller.scrollHeight - this.lastHeight;
    this.lastHeight = this.scroller.scrollHeight;
  }

  /** A text that shrinks and grows while it is written moves the page too: that is not the reader leaving. */
  private isReaders(): boolean {
    return this.now() - this.actedAt < READER_ACTS_MS || this.scroller.scrollHeight === this.lastHeight;
  }

  private toEnd(): number {
    return this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight;
  }
}
