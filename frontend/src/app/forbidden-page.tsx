// A page that is not for this reader.

import { ButtonLink } from "@/components/button-link";
import { PageHeader } from "@/components/page-header";
import { EmptyState } from "@/components/states";
import { texts } from "./texts";

export function ForbiddenPage() {
  return (
    <>
      <PageHeader title={texts.forbidden.title} hasOwnHeading />
      <EmptyState
        icon="lock"
        title={texts.forbidden.title}
        isPage
        action={<ButtonLink to="/">{texts.home}</ButtonLink>}
      >
        {texts.forbidden.text}
      </EmptyState>
    </>
  );
}
