// A link that leads on from where the page has nothing else to offer.

import { Link } from "@tanstack/react-router";

export function ButtonLink({ to, children }: { to: "/"; children: string }) {
  return (
    <Link
      to={to}
      className="inline-flex h-10 items-center rounded-control border border-line bg-surface px-4 font-medium shadow-small transition-colors duration-(--quick) hover:bg-hover"
    >
      {children}
    </Link>
  );
}
