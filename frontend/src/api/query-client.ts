// The cache of what the services said. One a page; emptied when the reader signs out.

import { QueryClient } from "@tanstack/react-query";
import { Problem } from "./problem";

const RETRIES = 2;

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 15_000,
      retry: (failures, error) => failures < RETRIES && (!(error instanceof Problem) || error.isPassing),
    },
  },
});
