// What the access token says about its owner. It is read to draw the page; the services verify it, not we.

export type Claims = { userId: string; username: string; roles: string[] };

export function readClaims(accessToken: string): Claims {
  const payload: unknown = JSON.parse(decodeBase64Url(accessToken.split(".")[1] ?? ""));
  const { sub, name, roles } = payload as { sub?: unknown; name?: unknown; roles?: unknown };
  if (typeof sub !== "string") throw new Error("The access token names no one.");
  return {
    userId: sub,
    username: typeof name === "string" ? name : "",
    roles: Array.isArray(roles) ? roles.filter((role) => typeof role === "string") : [],
  };
}

export function maySeeAnalytics(claims: Claims): boolean {
  return claims.roles.includes("manager") || claims.roles.includes("admin");
}

function decodeBase64Url(text: string): string {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return new TextDecoder().decode(Uint8Array.from(binary, (char) => char.charCodeAt(0)));
}
