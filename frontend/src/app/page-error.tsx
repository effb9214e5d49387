// What is left to show when a page itself has broken.

import { Button } from "@/components/button";
import { EmptyState } from "@/components/states";
import { texts } from "./texts";

export function PageError() {
  return (
    <div role="alert" className="grid min-h-dvh flex-1 place-items-center">
      <title>{`${texts.broken.title} · Parley`}</title>
      <EmptyState
        icon="warning"
        title={texts.broken.title}
        isPage
        action={
          <Button variant="primary" icon="retry" onClick={() => window.location.reload()}>
            {texts.broken.reload}
          </Button>
        }
      >
        {texts.broken.text}
      </EmptyState>
    </div>
  );
}
