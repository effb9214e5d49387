// The whole page: what every part of it stands on.

import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queryClient } from "@/api/query-client";
import { Toaster } from "@/components/toaster";
import { ErrorBoundary } from "./error-boundary";
import { prepareMemberPages, router } from "./router";
import { SessionGate } from "./session-gate";
import { watchSession } from "./session-watch";

watchSession(() => void router.invalidate());
prepareMemberPages();

export function App() {
  return (
    <ErrorBoundary>
      <QueryClientProvider client={queryClient}>
        <SessionGate>
          <RouterProvider router={router} />
        </SessionGate>
        <Toaster />
      </QueryClientProvider>
    </ErrorBoundary>
  );
}
