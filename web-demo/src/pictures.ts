// Pictures on their way to the server: made small, then sent as image items of the conversation.

const SIDE_MAX = 768;
const QUALITY = 0.8;

/** A picture as the protocol takes it: a JPEG of at most 768 pixels a side, in a data address. */
export async function shrunk(file: Blob): Promise<string> {
  const bitmap = await createImageBitmap(file).catch(() => {
    throw new Error("This picture cannot be read. JPEG, PNG and WebP can.");
  });
  const url = drawn(bitmap, bitmap.width, bitmap.height);
  bitmap.close();
  return url;
}

/** The same of what a camera shows at this moment. */
export function frame(video: HTMLVideoElement): string {
  return drawn(video, video.videoWidth, video.videoHeight);
}

function drawn(picture: CanvasImageSource, width: number, height: number): string {
  const scale = Math.min(1, SIDE_MAX / Math.max(width, height, 1));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  canvas.getContext("2d")?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  return canvas.toDataURL("image/jpeg", QUALITY);
}

/** The event fields that put a picture into the conversation, before whatever the person says to it. */
export function pictureItem(id: string, url: string, text = ""): object {
  const words = text ? [{ type: "input_text", text }] : [];
  const content = [...words, { type: "input_image", image_url: url }];
  return { item: { id, type: "message", role: "user", content } };
}
