// Stands where an image from another site would be. Loading it would tell that site who is reading, so Parley
// does not, and its security policy would not let it: the reader may open the image instead.

import { Icon } from "@/components/icon";
import { imageHost, safeLink } from "./safe-url";

export function RemoteImage({ address, alt }: { address: string; alt: string }) {
  const host = imageHost(address);
  const href = host === null ? null : safeLink(address);
  return (
    <span className="my-1 flex max-w-lg items-center gap-3 rounded-control border border-line bg-sunken px-3.5 py-3 text-body leading-snug">
      <Icon name="image" className="text-muted" />
      <span className="min-w-0 flex-1">
        <span className="block font-medium">{alt || "Image"}</span>
        <span className="block text-small text-muted">
          {host === null
            ? "Its address is not a web address."
            : `Not loaded: Parley shows no images from ${host}.`}
        </span>
        {href !== null && (
          <a
            href={href}
            target="_blank"
            rel="noopener noreferrer nofollow"
            title={href}
            className="text-small"
          >
            Open image on {host}
          </a>
        )}
      </span>
    </span>
  );
}
