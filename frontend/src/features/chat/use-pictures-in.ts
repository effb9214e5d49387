// Pictures that are pasted or dropped into the composer.

import { type ClipboardEvent, type DragEvent, useState } from "react";
import { showToast } from "@/components/toasts";
import { attach } from "./attachments";
import { texts } from "./texts";

export function usePicturesIn(draftKey: string, isTaken: boolean) {
  const [isOver, setOver] = useState(false);

  const add = async (files: File[]) => {
    const refused = await attach(draftKey, files);
    if (refused.length > 0) {
      showToast({ text: texts.composer.attachRefused(refused.join(", ")), tone: "danger" });
    }
  };

  const onPaste = (event: ClipboardEvent) => {
    const files = picturesOf(event.clipboardData);
    if (!isTaken || files.length === 0) return;
    event.preventDefault();
    void add(files);
  };

  const onDragOver = (event: DragEvent) => {
    if (!isTaken || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    setOver(true);
  };

  const onDrop = (event: DragEvent) => {
    setOver(false);
    if (!isTaken || !event.dataTransfer.types.includes("Files")) return;
    event.preventDefault();
    void add([...event.dataTransfer.files]);
  };

  return { isOver, add, handlers: { onPaste, onDragOver, onDrop, onDragLeave: () => setOver(false) } };
}

function picturesOf(data: DataTransfer): File[] {
  return [...data.files].filter((file) => file.type.startsWith("image/"));
}
