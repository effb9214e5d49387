// Makes a picture small enough to be sent: at most 2,048 pixels a side and a megabyte. What is small enough already
// is taken as it is, without what a camera wrote beside it when that can be avoided.

const LONGEST_SIDE = 2_048;
const MOST_BYTES = 1_048_576;
const QUALITIES = [0.88, 0.78, 0.66, 0.5];
/** These have transparency or sharp edges that JPEG would spoil; they stay what they are while they are small. */
const KEPT_TYPES = ["image/png", "image/webp", "image/gif"];

export class NotAPicture extends Error {}

export async function preparePicture(file: Blob): Promise<Blob> {
  const picture = await decoded(file);
  const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height));
  if (scale === 1 && file.size <= MOST_BYTES && KEPT_TYPES.includes(file.type)) return file;
  for (let factor = scale; ; factor *= 0.7) {
    for (const quality of QUALITIES) {
      const made = await drawn(picture, factor, quality);
      if (made.size <= MOST_BYTES) return made;
    }
  }
}

/** The scaled size of a picture; never nothing. */
export function scaled(side: number, factor: number): number {
  return Math.max(1, Math.round(side * factor));
}

async function decoded(file: Blob): Promise<ImageBitmap> {
  try {
    return await createImageBitmap(file, { imageOrientation: "from-image" });
  } catch {
    throw new NotAPicture("This file is not a picture that the browser can read.");
  }
}

async function drawn(picture: ImageBitmap, factor: number, quality: number): Promise<Blob> {
  const canvas = document.createElement("canvas");
  canvas.width = scaled(picture.width, factor);
  canvas.height = scaled(picture.height, factor);
  const context = canvas.getContext("2d");
  if (!context) throw new NotAPicture("This browser cannot draw.");
  // JPEG knows no transparency: what was transparent is white, not black.
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.imageSmoothingQuality = "high";
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) =>
    canvas.toBlob(
      (made) => (made ? resolve(made) : reject(new NotAPicture("This picture cannot be drawn."))),
      "image/jpeg",
      quality,
    ),
  );
}
