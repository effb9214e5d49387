// The pictures that go with the question being typed.

import { IconButton } from "@/components/button";
import { type Attachment, detach } from "./attachments";
import { texts } from "./texts";

export function AttachmentList({ draftKey, attachments }: { draftKey: string; attachments: Attachment[] }) {
  if (attachments.length === 0) return null;
  return (
    <ul aria-label={texts.composer.attachments} className="flex flex-wrap gap-2 px-4 pt-3.5 sm:px-5">
      {attachments.map((attachment) => (
        <li key={attachment.id} className="relative animate-fade">
          <img
            src={attachment.address ?? undefined}
            alt={attachment.name}
            className="size-16 rounded-control border border-line object-cover"
          />
          <IconButton
            label={texts.composer.detach(attachment.name)}
            icon="close"
            isSmall
            onClick={() => detach(draftKey, attachment)}
            className="absolute -end-2 -top-2 size-6! rounded-full border border-line bg-surface shadow-small [&_svg]:size-3"
          />
        </li>
      ))}
    </ul>
  );
}
