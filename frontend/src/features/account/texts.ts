// What the account page says.

export const texts = {
  title: "Account",
  profile: {
    title: "Profile",
    lead: "How Parley addresses you.",
    username: "Username",
    usernameHint: "Your username cannot be changed.",
    displayName: "Display name",
    email: "E-mail",
    save: "Save profile",
    saved: "Profile saved",
    loadFailed: "Your profile could not be loaded",
  },
  password: {
    title: "Password",
    lead: "Changing it signs you out everywhere else.",
    current: "Current password",
    next: "New password",
    nextHint: "At least 8 characters. A short sentence works well.",
    save: "Change password",
    saved: "Password changed; your other sessions are signed out",
  },
  appearance: {
    title: "Appearance",
    lead: "Kept in this browser.",
    light: "Light",
    dark: "Dark",
    system: "System",
  },
  session: {
    title: "Session",
    lead: "Signing out forgets drafts kept in this browser.",
    signOut: "Sign out",
  },
  signOutUntold: "Signed out here. The server could not be told; sign out again when it can be reached.",
  checks: {
    emailShape: "This does not look like an e-mail address.",
    displayNameLong: "Use at most 100 characters.",
    currentMissing: "Enter your current password.",
    nextShort: "Use at least 8 characters.",
    nextLong: "Use at most 128 characters.",
  },
};
