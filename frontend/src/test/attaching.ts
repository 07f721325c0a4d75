import { vi } from "vitest";

import type { AttachCalls } from "../state/attachments.svelte";
import { sampleMessage } from "./samples";

/** Calls that take every file as a document. */
export function attachCalls() {
  let ids = 0;
  return {
    attach: vi.fn<AttachCalls["attach"]>(async () => `file-${++ids}`),
    sendPiece: vi.fn<AttachCalls["sendPiece"]>().mockResolvedValue(undefined),
    sendPoster: vi.fn<AttachCalls["sendPoster"]>().mockResolvedValue(undefined),
    attached: vi.fn<AttachCalls["attached"]>(async (id) => ({
      id,
      kind: "document",
      name: "a.pdf",
      size: 3,
      whole: 3,
      choice: false,
      why: "",
      seconds: 0,
      captions: true,
    })),
    detach: vi.fn<AttachCalls["detach"]>().mockResolvedValue(undefined),
    sendFile: vi.fn<AttachCalls["sendFile"]>(async (conversation, { caption }, wall) =>
      sampleMessage({ id: 70, conversation, text: caption, out: true, state: wall === "" ? "queued" : "scheduled" }),
    ),
  };
}
