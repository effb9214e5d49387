// A line that unfolds: what is inside is there for whoever wants to know.

import { type ReactNode, useId, useState } from "react";
import { Icon, type IconName } from "@/components/icon";
import { Spinner } from "@/components/spinner";
import { classNames } from "@/lib/class-names";

export function Disclosure({
  icon,
  isBusy = false,
  label,
  children,
}: {
  icon: IconName;
  isBusy?: boolean;
  label: ReactNode;
  children: ReactNode;
}) {
  const [isOpen, setOpen] = useState(false);
  const id = useId();
  return (
    <div>
      <button
        type="button"
        aria-expanded={isOpen}
        aria-controls={id}
        onClick={() => setOpen(!isOpen)}
        className="-ms-2 flex min-h-8 max-w-full items-center gap-2 rounded-control px-2 py-1 text-small text-muted hover:bg-hover hover:text-ink"
      >
        {isBusy ? <Spinner className="size-4" /> : <Icon name={icon} className="size-4" />}
        <span className="flex min-w-0 items-center gap-2">{label}</span>
        <Icon
          name="chevronDown"
          className={classNames("size-3.5 transition-transform duration-(--quick)", !isOpen && "-rotate-90")}
        />
      </button>
      <div id={id} hidden={!isOpen} className="mt-1 mb-2 ms-[0.4375rem] border-s-2 border-line ps-4">
        {isOpen && children}
      </div>
    </div>
  );
}
