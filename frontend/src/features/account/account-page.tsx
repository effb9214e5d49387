// The reader's own page: profile, password, appearance, session.

import { useQuery } from "@tanstack/react-query";
import { meQuery, signOut } from "@/api/auth-service";
import { Button } from "@/components/button";
import { Section } from "@/components/card";
import { PageHeader } from "@/components/page-header";
import { ProblemState } from "@/components/problem-state";
import { SegmentedControl } from "@/components/segmented-control";
import { Skeleton } from "@/components/states";
import { showToast } from "@/components/toasts";
import { chooseTheme, useThemeChoice } from "@/lib/theme";
import { PasswordSection } from "./password-section";
import { ProfileForm } from "./profile-form";
import { texts } from "./texts";

export function AccountPage() {
  return (
    <>
      <PageHeader title={texts.title} />
      <div className="relative min-h-0 flex-1 overflow-y-auto">
        <div className="mx-auto flex max-w-2xl animate-fade flex-col gap-5 px-4 pt-2 pb-12 sm:px-6">
          <ProfileSection />
          <PasswordSection />
          <AppearanceSection />
          <SessionSection />
        </div>
      </div>
    </>
  );
}

function ProfileSection() {
  const me = useQuery(meQuery);
  return (
    <Section id="profile" title={texts.profile.title} description={texts.profile.lead}>
      {me.data ? (
        <ProfileForm key={me.data.id} user={me.data} />
      ) : me.isError ? (
        <ProblemState title={texts.profile.loadFailed} error={me.error} onRetry={() => void me.refetch()} />
      ) : (
        <div className="flex flex-col gap-4">
          <Skeleton className="h-16" />
          <Skeleton className="h-16" />
          <Skeleton className="h-16" />
        </div>
      )}
    </Section>
  );
}

function AppearanceSection() {
  const theme = useThemeChoice();
  return (
    <Section id="appearance" title={texts.appearance.title} description={texts.appearance.lead}>
      <SegmentedControl
        label={texts.appearance.title}
        value={theme}
        onChange={chooseTheme}
        isWide
        segments={[
          { value: "light", label: texts.appearance.light, icon: "sun" },
          { value: "dark", label: texts.appearance.dark, icon: "moon" },
          { value: "system", label: texts.appearance.system, icon: "screen" },
        ]}
      />
    </Section>
  );
}

function SessionSection() {
  const leave = () => {
    signOut().catch(() => showToast({ text: texts.signOutUntold, tone: "danger" }));
  };
  return (
    <Section id="session" title={texts.session.title} description={texts.session.lead}>
      <Button icon="signOut" onClick={leave}>
        {texts.session.signOut}
      </Button>
    </Section>
  );
}
