/** What a file is, roughly, as its icon shows it. */
export type FileSort = "text" | "table" | "archive" | "image" | "audio" | "video" | "other";

const SORTS: Record<Exclude<FileSort, "other">, readonly string[]> = {
  text: ["pdf", "doc", "docx", "odt", "txt", "rtf", "md", "pages", "ppt", "pptx", "odp"],
  table: ["xls", "xlsx", "ods", "csv", "numbers"],
  archive: ["zip", "rar", "7z", "tar", "gz"],
  image: ["jpg", "jpeg", "png", "gif", "webp", "heic", "svg", "tif", "tiff", "bmp"],
  audio: ["mp3", "ogg", "opus", "m4a", "wav", "flac", "aac"],
  video: ["mp4", "mov", "avi", "mkv", "webm"],
};

/** The ending of a file's name, in lower case; "" where it has none that is short enough to be one. */
export function endingOf(name: string): string {
  return /\.([a-z0-9]{1,8})$/iu.exec(name)?.[1]?.toLowerCase() ?? "";
}

/** What a file is by its name. It is its sender's word, and only an icon follows from it. */
export function sortOf(name: string): FileSort {
  const ending = endingOf(name);
  for (const [sort, endings] of Object.entries(SORTS)) if (endings.includes(ending)) return sort as FileSort;
  return "other";
}
