// Buttons: one primary action a view, the rest quieter. An icon button always has a name and shows it.

import type { ButtonHTMLAttributes, Ref } from "react";
import { classNames } from "@/lib/class-names";
import { Icon, type IconName } from "./icon";
import { Spinner } from "./spinner";
import { Tooltip } from "./tooltip";

type Variant = "primary" | "secondary" | "ghost" | "danger";

const SHAPE =
  "inline-flex items-center justify-center gap-2 rounded-control font-medium whitespace-nowrap select-none " +
  "transition-[background-color,color,border-color,box-shadow,filter] duration-(--quick) disabled:opacity-55";

const VARIANTS: Record<Variant, string> = {
  primary:
    "bg-gradient-accent text-on-accent shadow-small enabled:hover:brightness-110 enabled:active:brightness-95",
  secondary:
    "bg-surface text-ink border border-line shadow-small enabled:hover:bg-hover enabled:active:bg-pressed",
  ghost: "text-ink-soft enabled:hover:bg-hover enabled:hover:text-ink enabled:active:bg-pressed",
  danger:
    "bg-danger-soft text-danger border border-danger-line enabled:hover:brightness-97 dark:enabled:hover:brightness-120",
};

const SIZES = { small: "h-8 px-3 text-small", medium: "h-10 px-4 text-body", large: "h-11 px-5 text-body" };

export type ButtonProps = ButtonHTMLAttributes<HTMLButtonElement> & {
  variant?: Variant;
  size?: keyof typeof SIZES;
  icon?: IconName;
  isBusy?: boolean;
  ref?: Ref<HTMLButtonElement>;
};

export function Button({
  variant = "secondary",
  size = "medium",
  icon,
  isBusy = false,
  className,
  children,
  disabled,
  type = "button",
  ...rest
}: ButtonProps) {
  return (
    <button
      type={type}
      disabled={disabled || isBusy}
      aria-busy={isBusy || undefined}
      className={classNames(SHAPE, VARIANTS[variant], SIZES[size], className)}
      {...rest}
    >
      {isBusy ? <Spinner /> : icon && <Icon name={icon} className="size-4" />}
      {children}
    </button>
  );
}

export type IconButtonProps = Omit<ButtonHTMLAttributes<HTMLButtonElement>, "children"> & {
  label: string;
  icon: IconName;
  hint?: string;
  isSmall?: boolean;
  ref?: Ref<HTMLButtonElement>;
};

export function IconButton({ label, icon, hint, isSmall = false, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip text={hint ?? label}>
      <button
        type="button"
        aria-label={label}
        className={classNames(SHAPE, VARIANTS.ghost, isSmall ? "size-8" : "size-10", "shrink-0", className)}
        {...rest}
      >
        <Icon name={icon} className={isSmall ? "size-4" : "size-5"} />
      </button>
    </Tooltip>
  );
}
