// Drop-down menus: actions, or one choice out of several.

import { DropdownMenu as Radix } from "radix-ui";
import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";
import { Icon, type IconName } from "./icon";

const ITEM =
  "relative flex min-h-9 items-center gap-2.5 rounded-lg px-2.5 py-1.5 text-body outline-none select-none " +
  "data-highlighted:bg-hover data-disabled:opacity-50";

export function Menu({
  trigger,
  children,
  align = "start",
  side = "bottom",
  className,
  onOpenChange,
}: {
  trigger: ReactNode;
  children: ReactNode;
  align?: "start" | "center" | "end";
  side?: "top" | "bottom";
  className?: string;
  onOpenChange?: (isOpen: boolean) => void;
}) {
  return (
    <Radix.Root modal={false} {...(onOpenChange ? { onOpenChange } : {})}>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          align={align}
          side={side}
          sideOffset={6}
          collisionPadding={8}
          className={classNames(
            "z-50 max-h-(--radix-dropdown-menu-content-available-height) min-w-44 animate-rise overflow-y-auto",
            "rounded-[0.875rem] border border-line bg-surface p-1.5 shadow-floating",
            className,
          )}
        >
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}

export function MenuItem({
  icon,
  children,
  onSelect,
  isDanger = false,
}: {
  icon: IconName;
  children: ReactNode;
  onSelect: () => void;
  isDanger?: boolean;
}) {
  return (
    <Radix.Item onSelect={onSelect} className={classNames(ITEM, isDanger ? "text-danger" : "text-ink")}>
      <Icon name={icon} className={classNames("size-4", !isDanger && "text-muted")} />
      {children}
    </Radix.Item>
  );
}

export function MenuChoices({
  label,
  value,
  onChange,
  children,
}: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  children: ReactNode;
}) {
  return (
    <Radix.RadioGroup value={value} onValueChange={onChange} aria-label={label}>
      {children}
    </Radix.RadioGroup>
  );
}

export function MenuChoice({ value, children }: { value: string; children: ReactNode }) {
  return (
    <Radix.RadioItem value={value} className={classNames(ITEM, "pe-9 text-ink")}>
      {children}
      <Radix.ItemIndicator className="absolute end-2.5 text-accent">
        <Icon name="check" className="size-4" />
      </Radix.ItemIndicator>
    </Radix.RadioItem>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return (
    <Radix.Label className="px-2.5 pt-1.5 pb-1 text-tiny font-medium text-muted">{children}</Radix.Label>
  );
}

export function MenuSeparator() {
  return <Radix.Separator className="-mx-1.5 my-1.5 h-px bg-line" />;
}
