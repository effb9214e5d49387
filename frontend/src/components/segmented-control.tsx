// One choice out of a few, all in view. Native radio buttons, so keyboards and screen readers know them.

import { useId } from "react";
import { classNames } from "@/lib/class-names";
import { Icon, type IconName } from "./icon";

export type Segment<Value extends string> = { value: Value; label: string; icon?: IconName };

export function SegmentedControl<Value extends string>({
  label,
  segments,
  value,
  onChange,
  isWide = false,
}: {
  label: string;
  segments: readonly Segment<Value>[];
  value: Value;
  onChange: (value: Value) => void;
  isWide?: boolean;
}) {
  const name = useId();
  return (
    <fieldset
      className={classNames(
        "thin-scrollbar min-w-0 overflow-x-auto rounded-control bg-hover p-1",
        isWide ? "flex w-full" : "inline-flex max-w-full",
      )}
    >
      <legend className="sr-only">{label}</legend>
      {segments.map((segment) => (
        <label
          key={segment.value}
          className={classNames(
            "relative flex min-w-0 flex-auto cursor-pointer items-center justify-center gap-1.5 rounded-lg px-2.5 py-1.5 sm:px-3 text-small",
            "font-medium whitespace-nowrap text-muted transition-colors duration-(--quick) hover:text-ink",
            "has-checked:bg-surface has-checked:text-ink has-checked:shadow-small dark:has-checked:bg-pressed",
            "has-focus-visible:outline-2 has-focus-visible:-outline-offset-2 has-focus-visible:outline-accent",
          )}
        >
          <input
            type="radio"
            name={name}
            value={segment.value}
            checked={segment.value === value}
            onChange={() => onChange(segment.value)}
            className="absolute inset-0 cursor-pointer opacity-0"
          />
          {segment.icon && <Icon name={segment.icon} className="size-4" />}
          {segment.label}
        </label>
      ))}
    </fieldset>
  );
}
