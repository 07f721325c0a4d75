import { CallError, parseProblem } from "./problem";

/** Sends bytes to the engine: in a browser to its server, in the window to the window's own. Rejects with a CallError. */
export async function postBytes(path: string, bytes: ArrayBuffer | Blob): Promise<void> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/octet-stream", "X-Waflow": "1" },
      credentials: "same-origin",
      body: bytes,
    });
  } catch {
    throw new CallError({
      code: "engine_unreachable",
      message: "The engine does not answer.",
      detail: {},
      action: "retry",
    });
  }
  if (!response.ok) throw new CallError(parseProblem(await response.text()));
}
