import { getContext, setContext } from "svelte";

import type { Files } from "../../../state/files.svelte";

const KEY = Symbol("files");

/** Hands the files of messages to the bubbles below, which are many components away. */
export function provideFiles(files: Files): void {
  setContext(KEY, files);
}

/** The files of messages. It is asked for while a component is set up. */
export function useFiles(): Files {
  return getContext<Files>(KEY);
}

/** The files of messages for a component that is shown by itself. */
export function filesContext(files: Files): Map<symbol, Files> {
  return new Map([[KEY, files]]);
}
