// A dialog asks one thing and keeps the focus until it is answered; a drawer slides the sidebar in on a phone; a
// sheet stands at the other side and shows more about what is on the page.

import { Dialog as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { IconButton } from "./button";

const SCRIM = "fixed inset-0 z-40 animate-fade bg-scrim backdrop-blur-[2px]";

export function Dialog({
  isOpen,
  onOpenChange,
  title,
  description,
  children,
}: {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  description?: string;
  children: ReactNode;
}) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={SCRIM} />
        <Radix.Content
          {...(description ? {} : { "aria-describedby": undefined })}
          className="fixed top-1/2 left-1/2 z-50 max-h-[calc(100dvh-2rem)] w-[min(28rem,calc(100vw-2rem))] -translate-x-1/2 -translate-y-1/2 animate-fade overflow-y-auto rounded-card border border-line bg-surface p-6 shadow-floating"
        >
          <Radix.Title className="pe-10 text-title font-semibold">{title}</Radix.Title>
          {description && <Radix.Description className="mt-1.5 text-muted">{description}</Radix.Description>}
          <div className="mt-5">{children}</div>
          <Radix.Close asChild>
            <IconButton label="Close" icon="close" isSmall className="absolute end-4 top-4" />
          </Radix.Close>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function Drawer({
  isOpen,
  onOpenChange,
  title,
  children,
}: {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  children: ReactNode;
}) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={SCRIM} />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={focusWhole}
          className="fixed inset-y-0 start-0 z-50 w-[min(19rem,calc(100vw-3rem))] animate-slide bg-sunken shadow-floating outline-none"
        >
          <Radix.Title className="sr-only">{title}</Radix.Title>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function Sheet({
  isOpen,
  onOpenChange,
  title,
  description,
  children,
}: {
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  title: string;
  description: string;
  children: ReactNode;
}) {
  return (
    <Radix.Root open={isOpen} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className={SCRIM} />
        <Radix.Content
          onOpenAutoFocus={focusWhole}
          className="fixed inset-y-0 end-0 z-50 flex w-[min(30rem,100vw)] animate-fade flex-col border-s border-line bg-surface shadow-floating outline-none"
        >
          <div className="relative shrink-0 border-b border-line px-5 py-4 pe-14 sm:px-6">
            <Radix.Title className="text-title font-semibold">{title}</Radix.Title>
            <Radix.Description className="mt-0.5 text-small text-muted">{description}</Radix.Description>
            <Radix.Close asChild>
              <IconButton label="Close" icon="close" isSmall className="absolute end-4 top-4" />
            </Radix.Close>
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

/** The drawer is to be looked at first; Tab goes on into it. */
function focusWhole(event: Event): void {
  event.preventDefault();
  if (event.currentTarget instanceof HTMLElement) event.currentTarget.focus();
}
