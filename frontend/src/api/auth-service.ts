// What the page asks of auth-service.

import { queryOptions } from "@tanstack/react-query";
import { http } from "./http";
import { sessionKeeper } from "./session";
import type { AccessToken, PasswordChange, ProfileChange, Registration, User } from "./types";

export async function signIn(username: string, password: string): Promise<void> {
  const token = await http.send<AccessToken>("/api/auth/auth/token", {
    method: "POST",
    form: { username, password },
    anonymous: true,
  });
  sessionKeeper.adopt(token);
}

export function register(registration: Registration): Promise<User> {
  return http.send("/api/auth/users/", { method: "POST", json: registration, anonymous: true });
}

/** Signs out here and in every tab, also when the server cannot be told. Throws then, after having done so. */
export async function signOut(): Promise<void> {
  try {
    await http.send("/api/auth/auth/logout", {
      method: "POST",
      headers: { "X-Parley-Client": "web" },
      anonymous: true,
    });
  } finally {
    sessionKeeper.end("chosen");
  }
}

export const meQuery = queryOptions({
  queryKey: ["me"],
  queryFn: ({ signal }) => http.get<User>("/api/auth/users/me", { signal }),
  staleTime: 5 * 60_000,
});

export function changeProfile(change: ProfileChange): Promise<User> {
  return http.send("/api/auth/users/me", { method: "PATCH", json: change });
}

export function changePassword(change: PasswordChange): Promise<void> {
  return http.send("/api/auth/users/me/password", { method: "PUT", json: change });
}
