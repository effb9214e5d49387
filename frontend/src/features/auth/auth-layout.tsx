// The quiet page around the sign-in and registration forms.

import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { Wordmark } from "@/components/logo";

export function AuthLayout({
  title,
  lead,
  other,
  children,
}: {
  title: string;
  lead: string;
  other: { text: string; link: string; to: "/sign-in" | "/register" };
  children: ReactNode;
}) {
  return (
    <main className="relative isolate grid min-h-dvh place-items-center overflow-hidden px-4 py-10">
      <div aria-hidden="true" className="absolute inset-0 -z-10 bg-(image:--glow)" />
      <div className="w-full max-w-[25rem] animate-rise">
        {/* The mark has a margin of its own, which would set it in from the card's edge. */}
        <Wordmark className="-ms-0.5 mb-8" />
        <div className="rounded-[1.25rem] border border-line bg-surface p-6 shadow-raised sm:p-8">
          <h1 className="text-headline font-semibold">{title}</h1>
          <p className="mt-1 mb-6 text-muted">{lead}</p>
          {children}
        </div>
        <p className="mt-6 text-center text-muted">
          {other.text}{" "}
          <Link
            to={other.to}
            search={(previous) => previous}
            className="rounded font-medium text-accent underline-offset-4 hover:underline"
          >
            {other.link}
          </Link>
        </p>
      </div>
    </main>
  );
}
