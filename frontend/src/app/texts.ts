// What the frame around the pages says.

export const texts = {
  newChat: "New chat",
  skip: "Skip to content",
  sidebar: "Sidebar",
  hideSidebar: "Hide sidebar",
  analytics: "Analytics",
  account: "Account",
  accountMenu: (name: string) => `Account menu of ${name}`,
  appearance: "Appearance",
  light: "Light",
  dark: "Dark",
  system: "System",
  signOut: "Sign out",
  signOutUntold: "Signed out here. The server could not be told; sign out again when it can be reached.",
  starting: "Opening Parley",
  unreachable: {
    title: "Parley cannot be reached",
    detail: "The page is here, but its services are not answering. It keeps trying by itself.",
  },
  notFound: { title: "There is nothing here", text: "The address may be mistyped, or the page has moved." },
  forbidden: {
    title: "This page is for managers",
    text: "Analytics are open to managers and administrators. Ask yours if you need to see them.",
  },
  broken: {
    title: "Something on this page broke",
    text: "What you typed is kept. Loading the page again usually helps.",
    reload: "Load again",
  },
  home: "Go to your conversations",
};
