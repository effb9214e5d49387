// A labelled input with its hint and its error, tied together for assistive technology.

import { type InputHTMLAttributes, type ReactNode, type Ref, useId, useState } from "react";
import { classNames } from "@/lib/class-names";
import { Icon } from "./icon";

const INPUT =
  "h-11 w-full rounded-control border bg-surface px-3.5 text-[1rem] text-ink shadow-small " +
  "transition-[border-color,box-shadow] duration-(--quick) focus-visible:outline-offset-0 read-only:bg-sunken disabled:opacity-60";

export type TextFieldProps = InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  hint?: ReactNode;
  error?: string | undefined;
  isOptional?: boolean;
  trailing?: ReactNode;
  ref?: Ref<HTMLInputElement>;
};

export function TextField({ label, hint, error, isOptional, trailing, className, ...input }: TextFieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const note = error ?? hint;
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-small font-medium text-ink-soft">
        {label}
        {isOptional && <span className="font-normal text-muted"> (optional)</span>}
      </label>
      <div className="relative">
        <input
          id={id}
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? noteId : undefined}
          className={classNames(
            INPUT,
            error ? "border-danger" : "border-line-strong/70",
            trailing ? "pe-12" : "",
            className,
          )}
          {...input}
        />
        {trailing}
      </div>
      {note && (
        <p
          id={noteId}
          className={classNames("flex gap-1.5 text-small", error ? "animate-fade text-danger" : "text-muted")}
        >
          {error && <Icon name="warning" className="mt-px size-4" />}
          <span>{note}</span>
        </p>
      )}
    </div>
  );
}

export function PasswordField(props: Omit<TextFieldProps, "type" | "trailing">) {
  const [isShown, setShown] = useState(false);
  return (
    <TextField
      {...props}
      type={isShown ? "text" : "password"}
      spellCheck={false}
      autoCapitalize="none"
      trailing={
        <button
          type="button"
          aria-label={isShown ? "Hide password" : "Show password"}
          aria-pressed={isShown}
          onClick={() => setShown(!isShown)}
          className="absolute inset-y-1 end-1 grid w-9 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink"
        >
          <Icon name={isShown ? "eyeOff" : "eye"} />
        </button>
      }
    />
  );
}
