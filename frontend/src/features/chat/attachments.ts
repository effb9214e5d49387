// Pictures that were put beside a question and not sent yet, one list for each composer. They live as long as the
// page does.

import { useSyncExternalStore } from "react";
import { uploadImage } from "@/api/chat-service";
import type { ImageView } from "@/api/types";
import { newId } from "@/lib/ids";
import { adoptPicture } from "./picture-cache";

export const MOST_PICTURES = 8;

export type Attachment = {
  id: string;
  name: string;
  /** Where the browser finds it; null when it is not to be shown. */
  address: string | null;
  /** The picture, made small enough to be sent. */
  file: Promise<Blob>;
  uploaded: ImageView | null;
};

const NONE: Attachment[] = [];
/** The pictures of questions that are on their way, by the id that the question was given here. */
const sent = new Map<string, Attachment[]>();
const lists = new Map<string, Attachment[]>();
const listeners = new Set<() => void>();

export function useAttachments(draftKey: string): Attachment[] {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => lists.get(draftKey) ?? NONE,
  );
}

/** Tells which files were refused: what is no picture, or one too many. */
export async function attach(draftKey: string, files: File[]): Promise<string[]> {
  const { preparePicture } = await import("./prepare-picture");
  const refused: string[] = [];
  for (const file of files) {
    const prepared = preparePicture(file);
    const isTaken = await prepared.then(
      () => (lists.get(draftKey)?.length ?? 0) < MOST_PICTURES,
      () => false,
    );
    if (isTaken) add(draftKey, newAttachment(file.name, URL.createObjectURL(file), prepared));
    else refused.push(file.name);
  }
  return refused;
}

export function newAttachment(name: string, address: string | null, file: Promise<Blob>): Attachment {
  return { id: newId(), name, address, file, uploaded: null };
}

export function detach(draftKey: string, attachment: Attachment): void {
  become(
    draftKey,
    attachmentsOf(draftKey).filter((each) => each !== attachment),
  );
  if (attachment.address !== null) URL.revokeObjectURL(attachment.address);
}

/** Hands the list over to who sends it. */
export function takeAttachments(draftKey: string): Attachment[] {
  const taken = attachmentsOf(draftKey);
  become(draftKey, NONE);
  return taken;
}

export function returnAttachments(draftKey: string, attachments: Attachment[]): void {
  if (attachments.length > 0) become(draftKey, [...attachments, ...attachmentsOf(draftKey)]);
}

/** Hands the pictures in, those that are not yet, and tells their ids. */
export async function handIn(
  conversationId: string,
  attachments: Attachment[],
  signal: AbortSignal,
): Promise<string[]> {
  const ids: string[] = [];
  for (const attachment of attachments) {
    attachment.uploaded ??= await uploadImage(conversationId, await attachment.file, signal);
    if (attachment.address !== null) adoptPicture(attachment.uploaded.id, attachment.address);
    ids.push(attachment.uploaded.id);
  }
  return ids;
}

export function noteSent(clientMessageId: string, attachments: Attachment[]): void {
  if (attachments.length === 0) sent.delete(clientMessageId);
  else sent.set(clientMessageId, attachments);
}

export function sentWith(clientMessageId: string): Attachment[] {
  return sent.get(clientMessageId) ?? NONE;
}

export function forgetAttachments(): void {
  lists.clear();
  sent.clear();
}

function attachmentsOf(draftKey: string): Attachment[] {
  return lists.get(draftKey) ?? NONE;
}

function add(draftKey: string, attachment: Attachment): void {
  become(draftKey, [...attachmentsOf(draftKey), attachment]);
}

function become(draftKey: string, attachments: Attachment[]): void {
  if (attachments.length === 0) lists.delete(draftKey);
  else lists.set(draftKey, attachments);
  for (const listener of listeners) listener();
}
