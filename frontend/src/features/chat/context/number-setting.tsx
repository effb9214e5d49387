// A number that may be left empty. It is kept when the field is left or Enter is pressed, and refused when it is none.

import { type KeyboardEvent, useState } from "react";
import { TextField } from "@/components/field";
import { formatCount } from "@/lib/format";
import { numberFrom, type Range } from "./settings";
import { texts } from "./texts";

export function NumberSetting({
  label,
  hint,
  value,
  range,
  onChange,
}: {
  label: string;
  hint?: string;
  value: number | null;
  range: Range;
  onChange: (value: number | null) => void;
}) {
  const [typed, setTyped] = useState<string | null>(null);
  const [error, setError] = useState<string | undefined>();
  const bounds = [formatCount(range.least), formatCount(range.most)] as const;

  const keep = () => {
    if (typed === null) return;
    const number = numberFrom(typed, range);
    if (number === undefined) return setError(texts.notANumber(...bounds));
    setError(undefined);
    setTyped(null);
    if (number !== value) onChange(number);
  };
  const act = (event: KeyboardEvent) => {
    if (event.key === "Enter") keep();
  };

  return (
    <TextField
      label={label}
      hint={hint ?? texts.range(...bounds)}
      error={error}
      inputMode={range.isWhole ? "numeric" : "decimal"}
      value={typed ?? (value === null ? "" : String(value))}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={keep}
      onKeyDown={act}
    />
  );
}
