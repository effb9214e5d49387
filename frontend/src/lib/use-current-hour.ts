// A moment that moves on with each new hour, for pages that stay open.

import { useEffect, useState } from "react";

const HOUR_MS = 3_600_000;

export function useCurrentHour(): Date {
  const [now, setNow] = useState(() => new Date());
  useEffect(() => {
    const timer = setTimeout(() => setNow(new Date()), HOUR_MS - (now.getTime() % HOUR_MS));
    return () => clearTimeout(timer);
  }, [now]);
  return now;
}
