/** How long a page tries to learn something of a file that plays. */
const PATIENCE_MS = 5000;
/** The longer side of the picture that stands for a video, in pixels. */
const POSTER = 320;

/** How long a sound or a video plays, in whole seconds; 0 if this page can't play it. */
export async function playTime(url: string): Promise<number> {
  const media = document.createElement("audio");
  media.preload = "metadata";
  const seconds = await until(media, url, "loadedmetadata", () => media.duration);
  media.removeAttribute("src");
  return seconds !== undefined && Number.isFinite(seconds) ? Math.ceil(seconds) : 0;
}

/** A picture from the beginning of a video; undefined if this page can't play it. */
export async function posterOf(url: string): Promise<Blob | undefined> {
  const video = document.createElement("video");
  video.muted = true;
  video.preload = "auto";
  const canvas = await until(video, url, "loadeddata", () => drawn(video));
  video.removeAttribute("src");
  if (canvas === undefined) return undefined;
  return new Promise((resolve) => {
    canvas.toBlob((blob) => resolve(blob ?? undefined), "image/jpeg", 0.8);
  });
}

function drawn(video: HTMLVideoElement): HTMLCanvasElement | undefined {
  const canvas = document.createElement("canvas");
  const scale = Math.min(1, POSTER / Math.max(video.videoWidth, video.videoHeight, 1));
  canvas.width = Math.max(1, Math.round(video.videoWidth * scale));
  canvas.height = Math.max(1, Math.round(video.videoHeight * scale));
  const pen = canvas.getContext("2d");
  if (pen === null || video.videoWidth === 0) return undefined;
  pen.drawImage(video, 0, 0, canvas.width, canvas.height);
  return canvas;
}

function until<T>(media: HTMLMediaElement, url: string, event: string, read: () => T): Promise<T | undefined> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(undefined), PATIENCE_MS);
    const end = (value: T | undefined) => {
      clearTimeout(timer);
      resolve(value);
    };
    media.addEventListener(event, () => end(read()), { once: true });
    media.addEventListener("error", () => end(undefined), { once: true });
    media.src = url;
  });
}
