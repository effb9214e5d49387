// A choice that is shown as wished while it is being saved, and as it is afterwards.

import { useState } from "react";

export function useWished<Value>(
  value: Value,
  save: (value: Value) => Promise<void>,
): [Value, (value: Value) => void] {
  const [wished, setWished] = useState<{ value: Value } | null>(null);
  const wish = (next: Value) => {
    const mine = { value: next };
    setWished(mine);
    void save(next).finally(() => setWished((newest) => (newest === mine ? null : newest)));
  };
  return [wished ? wished.value : value, wish];
}
