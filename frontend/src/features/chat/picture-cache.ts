// Pictures as the browser can show them. They are private, so they are fetched with the reader's token and shown
// from memory.

import { downloadImage } from "@/api/chat-service";

const MOST_KEPT = 100;

const addresses = new Map<string, Promise<string>>();

export function pictureAddress(imageId: string): Promise<string> {
  const known = addresses.get(imageId);
  if (known) return known;
  const address = downloadImage(imageId).then((picture) => URL.createObjectURL(picture));
  keep(imageId, address);
  // What failed is asked for again the next time it is looked at.
  address.catch(() => addresses.delete(imageId));
  return address;
}

/** A picture that was handed in from here need not be fetched. */
export function adoptPicture(imageId: string, address: string): void {
  keep(imageId, Promise.resolve(address));
}

export async function pictureFile(imageId: string): Promise<Blob> {
  const response = await fetch(await pictureAddress(imageId));
  return response.blob();
}

export function forgetPictures(): void {
  for (const imageId of [...addresses.keys()]) forget(imageId);
}

function keep(imageId: string, address: Promise<string>): void {
  addresses.set(imageId, address);
  const [oldest] = addresses.keys();
  if (addresses.size > MOST_KEPT && oldest !== undefined) forget(oldest);
}

function forget(imageId: string): void {
  const address = addresses.get(imageId);
  addresses.delete(imageId);
  address?.then(
    (url) => URL.revokeObjectURL(url),
    () => undefined,
  );
}
