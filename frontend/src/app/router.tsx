// The addresses of the page, and who may open them.

import {
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from "@tanstack/react-router";
import { maySeeAnalytics } from "@/api/claims";
import { sessionKeeper } from "@/api/session";
import { NotFoundPage } from "./not-found-page";
import { PageError } from "./page-error";
import { PageLoading } from "./page-loading";

const root = createRootRoute({ component: Outlet, notFoundComponent: NotFoundPage });

/** Where to go after signing in: a place within the page, never another site. */
function nextFrom(search: Record<string, unknown>): { next?: string } {
  const { next } = search;
  return typeof next === "string" && /^\/(?![/\\])/.test(next) ? { next } : {};
}

const visitors = createRoute({
  getParentRoute: () => root,
  id: "visitors",
  validateSearch: nextFrom,
  beforeLoad: ({ search }) => {
    // The router hands over what the validation left out as well, so the place is judged here, where it is used.
    if (sessionKeeper.current().status === "signed_in") {
      throw redirect({ href: nextFrom(search).next ?? "/" });
    }
  },
});

const signIn = createRoute({
  getParentRoute: () => visitors,
  path: "/sign-in",
  component: lazyRouteComponent(() => import("@/features/auth/sign-in-page"), "SignInPage"),
});

const register = createRoute({
  getParentRoute: () => visitors,
  path: "/register",
  component: lazyRouteComponent(() => import("@/features/auth/register-page"), "RegisterPage"),
});

const loadMemberPages = () => import("./member-pages");
const ChatPage = lazyRouteComponent(loadMemberPages, "ChatPage");
const ForbiddenPage = lazyRouteComponent(loadMemberPages, "ForbiddenPage");

const members = createRoute({
  getParentRoute: () => root,
  id: "members",
  component: lazyRouteComponent(loadMemberPages, "Shell"),
  beforeLoad: ({ location }) => {
    const session = sessionKeeper.current();
    if (session.status === "signed_in") return { claims: session.claims };
    const isHome =
      location.pathname === "/" || (session.status === "signed_out" && session.reason === "chosen");
    throw redirect({ to: "/sign-in", search: isHome ? {} : { next: location.href } });
  },
});

const newChat = createRoute({
  getParentRoute: () => members,
  path: "/",
  component: lazyRouteComponent(loadMemberPages, "NewChatPage"),
});

const chat = createRoute({
  getParentRoute: () => members,
  path: "/c/$conversationId",
  component: function ConversationRoute() {
    const { conversationId } = chat.useParams();
    return <ChatPage key={conversationId} conversationId={conversationId} />;
  },
});

const AnalyticsPage = lazyRouteComponent(
  () => import("@/features/analytics/analytics-page"),
  "AnalyticsPage",
);

const analytics = createRoute({
  getParentRoute: () => members,
  path: "/analytics",
  component: function AnalyticsRoute() {
    const { claims } = analytics.useRouteContext();
    return maySeeAnalytics(claims) ? <AnalyticsPage /> : <ForbiddenPage />;
  },
});

const account = createRoute({
  getParentRoute: () => members,
  path: "/account",
  component: lazyRouteComponent(() => import("@/features/account/account-page"), "AccountPage"),
});

export const router = createRouter({
  routeTree: root.addChildren([
    visitors.addChildren([signIn, register]),
    members.addChildren([newChat, chat, analytics, account]),
  ]),
  defaultPreload: "intent",
  defaultErrorComponent: PageError,
  defaultPendingComponent: PageLoading,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}

/** Fetched while the session is still being looked for: whoever opens a page of theirs is most likely signed in. */
export function prepareMemberPages(): void {
  const isVisitor = ["/sign-in", "/register"].includes(window.location.pathname);
  if (!isVisitor) void loadMemberPages();
}
