// A quiet, inline word to the reader: something to know, something to mind, something that went wrong.

import type { ReactNode } from "react";
import { classNames } from "@/lib/class-names";
import { Icon, type IconName } from "./icon";

type Tone = "info" | "warning" | "danger" | "success";

const TONES: Record<Tone, { look: string; icon: IconName }> = {
  info: { look: "bg-sunken border-line text-ink-soft", icon: "info" },
  warning: { look: "bg-warning-soft border-warning-line text-warning", icon: "warning" },
  danger: { look: "bg-danger-soft border-danger-line text-danger", icon: "warning" },
  success: { look: "bg-success-soft border-success-line text-success", icon: "check" },
};

export function Notice({
  tone = "info",
  icon,
  children,
  action,
  isUrgent = false,
  className,
}: {
  tone?: Tone;
  icon?: IconName;
  children: ReactNode;
  action?: ReactNode;
  isUrgent?: boolean;
  className?: string;
}) {
  return (
    <div
      role={isUrgent ? "alert" : undefined}
      className={classNames(
        "flex animate-fade flex-wrap items-center gap-x-3 gap-y-2 rounded-control border px-3.5 py-2.5 text-small",
        TONES[tone].look,
        className,
      )}
    >
      <Icon name={icon ?? TONES[tone].icon} className="size-4" />
      <div className="min-w-40 flex-1">{children}</div>
      {action}
    </div>
  );
}
