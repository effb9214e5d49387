// Adds pictures to the question being typed.

import { useRef } from "react";
import { IconButton } from "@/components/button";
import { texts } from "./texts";

export function AttachButton({ onFiles }: { onFiles: (files: File[]) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <IconButton
        label={texts.composer.attach}
        hint={texts.composer.attachHint}
        icon="image"
        isSmall
        onClick={() => input.current?.click()}
        className="text-muted"
      />
      <input
        ref={input}
        type="file"
        accept="image/*"
        multiple
        hidden
        aria-label={texts.composer.attach}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // The same file may be chosen again after it was removed.
          event.target.value = "";
        }}
      />
    </>
  );
}
