// One picture of a question, small; it opens in its full size.

import { useEffect, useState } from "react";
import type { ImageView } from "@/api/types";
import { Icon } from "@/components/icon";
import { Skeleton } from "@/components/states";
import { pictureAddress } from "./picture-cache";
import { texts } from "./texts";

const SHAPE = "size-28 rounded-control border border-line object-cover sm:size-36";

export function Pictures({ images, shown }: { images: ImageView[]; shown: string[] }) {
  if (images.length + shown.length === 0) return null;
  return (
    <ul className="mb-1.5 flex flex-wrap justify-end gap-1.5">
      {images.map((image, index) => (
        <li key={image.id}>
          <StoredPicture imageId={image.id} name={texts.messages.picture(index + 1)} />
        </li>
      ))}
      {images.length === 0 &&
        shown.map((address, index) => (
          <li key={address}>
            <img src={address} alt={texts.messages.picture(index + 1)} className={SHAPE} />
          </li>
        ))}
    </ul>
  );
}

function StoredPicture({ imageId, name }: { imageId: string; name: string }) {
  const { address, hasFailed } = usePictureAddress(imageId);
  if (hasFailed) {
    return (
      <span
        title={texts.messages.pictureFailed}
        className={`${SHAPE} grid place-items-center bg-sunken text-muted`}
      >
        <Icon name="image" />
        <span className="sr-only">{texts.messages.pictureFailed}</span>
      </span>
    );
  }
  if (address === null) return <Skeleton className={SHAPE} />;
  return (
    <a href={address} target="_blank" rel="noopener noreferrer" className="block rounded-control">
      <img src={address} alt={name} className={SHAPE} />
    </a>
  );
}

function usePictureAddress(imageId: string) {
  const [found, setFound] = useState<{ address: string | null; hasFailed: boolean }>({
    address: null,
    hasFailed: false,
  });
  useEffect(() => {
    let isShown = true;
    pictureAddress(imageId).then(
      (address) => isShown && setFound({ address, hasFailed: false }),
      () => isShown && setFound({ address: null, hasFailed: true }),
    );
    return () => {
      isShown = false;
    };
  }, [imageId]);
  return found;
}
