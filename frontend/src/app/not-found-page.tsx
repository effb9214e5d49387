// A page for an address that leads nowhere.

import { ButtonLink } from "@/components/button-link";
import { EmptyState } from "@/components/states";
import { texts } from "./texts";

export function NotFoundPage() {
  return (
    <main className="grid min-h-dvh place-items-center">
      <title>{`${texts.notFound.title} · Parley`}</title>
      <EmptyState
        icon="compass"
        title={texts.notFound.title}
        isPage
        action={<ButtonLink to="/">{texts.home}</ButtonLink>}
      >
        {texts.notFound.text}
      </EmptyState>
    </main>
  );
}
