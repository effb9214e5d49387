// Who is signed in, and what concerns them: account, appearance, signing out.

import { useQuery } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { meQuery, signOut } from "@/api/auth-service";
import { Avatar } from "@/components/avatar";
import { Icon } from "@/components/icon";
import { Menu, MenuChoice, MenuChoices, MenuItem, MenuLabel, MenuSeparator } from "@/components/menu";
import { showToast } from "@/components/toasts";
import { chooseTheme, type ThemeChoice, useThemeChoice } from "@/lib/theme";
import { texts } from "./texts";

export function AccountMenu({ username, onOpen }: { username: string; onOpen: () => void }) {
  const me = useQuery(meQuery).data;
  const theme = useThemeChoice();
  const navigate = useNavigate();
  const name = me?.display_name ?? username;
  return (
    <Menu
      side="top"
      className="w-62"
      trigger={
        <button
          type="button"
          aria-label={texts.accountMenu(name)}
          className="flex h-12 w-full items-center gap-2.5 rounded-control px-2 text-start hover:bg-hover data-[state=open]:bg-hover"
        >
          <Avatar name={name} />
          <span className="min-w-0 flex-1">
            <span className="block truncate text-body leading-tight font-medium">{name}</span>
            {name !== username && <span className="block truncate text-tiny text-muted">{username}</span>}
          </span>
          <Icon name="chevronDown" className="size-4 rotate-180 text-muted" />
        </button>
      }
    >
      <MenuItem
        icon="person"
        onSelect={() => {
          onOpen();
          void navigate({ to: "/account" });
        }}
      >
        {texts.account}
      </MenuItem>
      <MenuSeparator />
      <MenuLabel>{texts.appearance}</MenuLabel>
      <MenuChoices
        label={texts.appearance}
        value={theme}
        onChange={(choice) => chooseTheme(choice as ThemeChoice)}
      >
        <MenuChoice value="light">
          <Icon name="sun" className="size-4 text-muted" /> {texts.light}
        </MenuChoice>
        <MenuChoice value="dark">
          <Icon name="moon" className="size-4 text-muted" /> {texts.dark}
        </MenuChoice>
        <MenuChoice value="system">
          <Icon name="screen" className="size-4 text-muted" /> {texts.system}
        </MenuChoice>
      </MenuChoices>
      <MenuSeparator />
      <MenuItem icon="signOut" onSelect={() => void leave()}>
        {texts.signOut}
      </MenuItem>
    </Menu>
  );
}

async function leave(): Promise<void> {
  try {
    await signOut();
  } catch {
    showToast({ text: texts.signOutUntold, tone: "danger" });
  }
}
