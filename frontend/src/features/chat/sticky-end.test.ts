import { expect, test } from "vitest";
import { StickyEnd } from "./sticky-end";

function page() {
  const clock = { now: 10_000 };
  const scroller = { scrollTop: 0, scrollHeight: 1_000, clientHeight: 400 };
  const sticky = new StickyEnd(scroller, () => clock.now);
  const grow = (by: number) => {
    scroller.scrollHeight += by;
    sticky.noteSize();
    // A browser never scrolls past the end.
    scroller.scrollTop = Math.min(scroller.scrollTop, scroller.scrollHeight - scroller.clientHeight);
    sticky.noteScroll();
  };
  const scrollTo = (top: number) => {
    clock.now += 1_000;
    sticky.noteAction();
    scroller.scrollTop = top;
    sticky.noteScroll();
  };
  grow(0);
  return { scroller, sticky, grow, scrollTo };
}

test("follows a growing text", () => {
  const { scroller, sticky, grow } = page();
  grow(200);
  expect(scroller.scrollTop).toBe(800);
  expect(sticky.isAtEnd).toBe(true);
});

test("leaves a reader alone who has scrolled up, however little", () => {
  const { scroller, sticky, grow, scrollTo } = page();
  scrollTo(570);
  grow(200);
  expect(scroller.scrollTop).toBe(570);
  expect(sticky.isAtEnd).toBe(false);
});

test("follows again when the end is reached again", () => {
  const { scroller, grow, scrollTo } = page();
  scrollTo(100);
  grow(200);
  scrollTo(790);
  grow(200);
  expect(scroller.scrollTop).toBe(1_000);
});

test("is not misled by a text that shrinks and grows in between", () => {
  const { scroller, sticky, grow } = page();
  scroller.scrollHeight = 960;
  scroller.scrollTop = 560;
  scroller.scrollHeight = 1_040;
  sticky.noteScroll();
  grow(0);
  expect(scroller.scrollTop).toBe(640);
});

test("keeps the place when earlier messages come in above", () => {
  const { scroller, sticky, scrollTo } = page();
  scrollTo(50);
  scroller.scrollHeight += 700;
  sticky.notePrepended();
  expect(scroller.scrollTop).toBe(750);
});
