import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Media } from "../../../api/types";
import { Files } from "../../../state/files.svelte";
import { sampleMedia, sampleMessage } from "../../../test/samples";
import { filesContext } from "./filesContext";
import PictureKind from "./PictureKind.svelte";

function show(part: Partial<Media>, more = {}) {
  const media = sampleMedia(part);
  const message = sampleMessage({ id: 7, kind: "image", at: Date.UTC(2026, 10, 23, 17, 58), media, ...more });
  const fetchFile = vi.fn(async () => undefined);
  const files = new Files({ fetchFile, saveFile: vi.fn() });
  const props = { message, media, name: "Ana", locale: "en-GB" };
  const { container } = render(PictureKind, { props, context: filesContext(files) });
  const box = () => ["width", "height"].map((side) => container.querySelector(".room")?.getAttribute(side));
  return { container, fetchFile, files, box };
}

describe("a picture", () => {
  it("has the same room before and after it is there, and opens large", async () => {
    const { files, box } = show({ state: "here", type: "image/jpeg" });
    expect(box()).toEqual(["320", "240"]);
    expect(show({}).box()).toEqual(box());
    await userEvent.click(screen.getByRole("button", { name: "Photo from Ana, 17:58" }));
    expect(files.large).toBe(7);
  });

  it("that nobody asked for is downloaded when it is wanted, and says how large it is", async () => {
    const { container, fetchFile } = show({ size: 1_400_000 });
    expect(container.querySelector("img")).toHaveAttribute("src", "/media/7/thumbnail");
    await userEvent.click(screen.getByRole("button", { name: "Download: Photo, 1.4 MB" }));
    expect(fetchFile).toHaveBeenCalledExactlyOnceWith(7);
  });

  it("that is on its way offers nothing to do", () => {
    show({ state: "wanted" });
    expect(screen.getByRole("progressbar", { name: "Waiting for the file" })).toBeInTheDocument();
    expect(screen.queryByRole("button")).toBeNull();
  });

  it.each([
    [{ state: "gone", why: "media_gone" }, {}, "Ask Ana to send it again"],
    [{ state: "gone", why: "media_gone" }, { out: true }, "It may still be on the phone"],
    [{ state: "gone", why: "media_silent" }, {}, "does not answer"],
    [{ state: "gone", why: "media_failed" }, {}, "could not be downloaded"],
    [{ state: "gone", why: "device_removed" }, {}, "The device that received it was removed"],
    [{ state: "refused", why: "media_broken" }, {}, "damaged and was not kept"],
    [{ state: "refused", why: "media_too_large" }, {}, "too large"],
  ] as const)("that can't be had says why and can be tried again: %o", async (media, more, words) => {
    const { container, fetchFile } = show(media, more);
    expect(container).toHaveTextContent(words);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(fetchFile).toHaveBeenCalledOnce();
  });

  it("that is none is never put into the page", () => {
    const { container } = show({ state: "here", type: "application/octet-stream", thumbnail: false });
    expect(container.querySelector("img")).toBeNull();
    expect(container).toHaveTextContent("It cannot be shown here");
  });

  it("of a sticker is itself, in a small box", () => {
    const { box } = show({ state: "here", type: "image/webp" }, { kind: "sticker" });
    expect(screen.getByRole("img", { name: "Sticker from Ana, 17:58" })).toHaveAttribute("src", "/media/7");
    expect(box()).toEqual(["160", "160"]);
  });
});
