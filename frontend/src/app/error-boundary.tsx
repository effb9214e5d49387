// The last net under the page: an error outside of every route.

import { Component, type ReactNode } from "react";
import { PageError } from "./page-error";

export class ErrorBoundary extends Component<{ children: ReactNode }, { hasBroken: boolean }> {
  override state = { hasBroken: false };

  static getDerivedStateFromError() {
    return { hasBroken: true };
  }

  override render() {
    return this.state.hasBroken ? <PageError /> : this.props.children;
  }
}
