// The messages of a conversation, oldest at the top, following the end while the reader is there.

import { useEffect, useRef } from "react";
import { Button } from "@/components/button";
import { LoadMore, type More } from "@/components/load-more";
import { ScrollRegion } from "@/components/scroll-region";
import { classNames } from "@/lib/class-names";
import type { DisplayedMessage } from "./displayed-messages";
import { Question } from "./question";
import { Reply } from "./reply";
import { texts } from "./texts";
import type { LiveTurn } from "./turn-follower";
import { useStickyScroll } from "./use-sticky-scroll";

export type MessageListProps = { displayed: DisplayedMessage[]; live: LiveTurn[]; older: More };

export function MessageList({ displayed, live, older }: MessageListProps) {
  const scroller = useRef<HTMLElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const { isAtEnd, jumpToEnd } = useStickyScroll(scroller, content, displayed[0]?.key);
  const askedKey = live.findLast(({ errand }) => errand.kind !== "follow")?.key ?? null;
  const mayAct = live.length === 0;
  const lastReply = displayed.findLast(({ message }) => message.role === "assistant");

  // Who has just asked wants to see the answer.
  useEffect(() => {
    if (askedKey !== null) jumpToEnd();
  }, [askedKey, jumpToEnd]);

  return (
    <div className="relative min-h-0 flex-1">
      <ScrollRegion
        ref={scroller}
        label={texts.messages.list}
        className="h-full overflow-y-auto overscroll-contain [overflow-anchor:none]"
      >
        <div ref={content} className="mx-auto flex max-w-[50rem] flex-col gap-7 px-4 pt-6 pb-10 sm:px-8">
          <LoadMore more={older} label={texts.messages.older} failure={texts.olderFailed} />
          {displayed.map(({ key, message, isLive, live: turn, state, place, versions }) =>
            message.role === "user" ? (
              <Question
                key={key}
                question={message}
                state={state}
                queued={state === "queued" ? turn : null}
                mayAct={mayAct}
                place={place}
                versions={versions.join(" ")}
              />
            ) : (
              <Reply
                key={key}
                reply={message}
                isLive={isLive}
                isLast={key === lastReply?.key}
                mayAct={mayAct}
                place={place}
                versions={versions.join(" ")}
              />
            ),
          )}
        </div>
      </ScrollRegion>
      <div
        aria-hidden="true"
        className="pointer-events-none absolute inset-x-0 top-0 h-6 bg-linear-to-b from-canvas"
      />
      <div
        aria-hidden="true"
        className="pointer-events-none absolute inset-x-0 bottom-0 h-6 bg-linear-to-t from-canvas"
      />
      <JumpToLatest isAtEnd={isAtEnd} onJump={() => jumpToEnd("smooth")} />
    </div>
  );
}

function JumpToLatest({ isAtEnd, onJump }: { isAtEnd: boolean; onJump: () => void }) {
  return (
    <Button
      size="small"
      icon="arrowDown"
      onClick={onJump}
      tabIndex={isAtEnd ? -1 : 0}
      aria-hidden={isAtEnd}
      className={classNames(
        "absolute bottom-3 left-1/2 -translate-x-1/2 rounded-full shadow-raised transition-opacity",
        isAtEnd && "pointer-events-none opacity-0",
      )}
    >
      {texts.messages.jump}
    </Button>
  );
}
