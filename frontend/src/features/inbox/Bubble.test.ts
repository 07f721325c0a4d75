import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Message } from "../../api/types";
import { sampleMessage } from "../../test/samples";
import Bubble from "./Bubble.svelte";

const AT = Date.UTC(2026, 10, 23, 14, 31);

function show(part: Partial<Message>, more = {}) {
  const message = sampleMessage({ at: AT, ...part });
  const handlers = { onunfold: vi.fn(), onretry: vi.fn(), oncancel: vi.fn() };
  const { container, rerender } = render(Bubble, { message, name: "Ana", locale: "en-GB", ...handlers, ...more });
  const bubble = screen.getByTestId(`message-${message.id}`);
  return { bubble, handlers, container, rerender };
}

/** What a screen reader says: words, and the names of pictures, in their order. */
function spoken(element: Element): string {
  const parts: string[] = [];
  const walk = (node: Node) => {
    if (node instanceof Element && node.getAttribute("aria-hidden") === "true") return;
    if (node instanceof Element && node.getAttribute("role") === "img")
      parts.push(node.getAttribute("aria-label") ?? "");
    else if (node instanceof Text) parts.push(node.data.trim());
    else node.childNodes.forEach(walk);
  };
  walk(element);
  return parts.filter((part) => part !== "").join(" ");
}

describe("Bubble", () => {
  it("is one sentence: who, what, when, how far", () => {
    expect(spoken(show({ text: "Hola" }).bubble)).toBe("Ana wrote: Hola 14:31");
  });

  it.each([
    ["queued", "Waiting to go"],
    ["sending", "Waiting to go"],
    ["sent", "Sent"],
    ["delivered", "Delivered"],
    ["read", "Read"],
    ["played", "Read"],
    ["failed", "Not sent"],
  ] as const)("says of %s: %s", (state, words) => {
    expect(spoken(show({ out: true, text: "Hola", state }).bubble)).toBe(`You wrote: Hola 14:31 ${words}`);
  });

  it("marks what was typed on the phone", () => {
    const { bubble } = show({ out: true, fromPhone: true, text: "Hola", state: "sent" });
    expect(spoken(bubble)).toBe("Written on the phone: Hola 14:31 Sent");
    expect(screen.getByTitle("Written on the phone")).toBeInTheDocument();
  });

  it("says why a message failed and tries it again", async () => {
    const { handlers, container } = show({ out: true, state: "failed", failCode: "recipient_unknown" });
    expect(container).toHaveTextContent("This number is not on WhatsApp");
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    expect(handlers.onretry).toHaveBeenCalledOnce();
  });

  it("does not try again from a number that was removed", async () => {
    const { handlers, container } = show({ out: true, state: "failed", failCode: "device_removed" });
    expect(container).toHaveTextContent("Its number was removed from Waflow. WhatsApp had not confirmed this message.");
    await userEvent.click(screen.getByRole("button", { name: "Delete" }));
    expect(handlers.oncancel).toHaveBeenCalledOnce();
    expect(screen.queryByRole("button", { name: "Try again" })).toBeNull();
  });

  it("offers to take back what has not gone, and nothing else", async () => {
    const { handlers } = show({ out: true, state: "queued" });
    await userEvent.click(screen.getByRole("button", { name: "Take back" }));
    expect(handlers.oncancel).toHaveBeenCalledOnce();
  });

  it("counts down while it can be taken back, with the ways out", async () => {
    vi.useFakeTimers({ toFake: ["Date"], now: AT });
    const onsendnow = vi.fn();
    const { handlers } = show({ out: true, state: "queued" }, { undo: { until: AT + 4200 }, onsendnow });
    vi.useRealTimers();
    expect(screen.getByRole("timer")).toHaveTextContent("Goes in 5 s");
    await userEvent.click(screen.getByRole("button", { name: "Undo" }));
    expect(handlers.oncancel).toHaveBeenCalledOnce();
    await userEvent.click(screen.getByRole("button", { name: "Send now" }));
    expect(onsendnow).toHaveBeenCalledOnce();
  });

  it("has no countdown of its own above a later one", () => {
    show({ out: true, state: "queued" }, { undo: { until: undefined }, onsendnow: vi.fn() });
    expect(screen.queryByRole("timer")).toBeNull();
    expect(screen.getAllByRole("button").map((button) => button.textContent)).toEqual(["Undo"]);
  });

  it("has no buttons once it went", () => {
    show({ out: true, state: "sent" });
    expect(screen.queryByRole("button")).toBeNull();
  });

  it.each([
    ["image", "The sea terrace", "Photo open it on the phone The sea terrace"],
    ["voice", "", "Voice note open it on the phone"],
    ["document", "menu.pdf", "Document open it on the phone menu.pdf"],
  ])("says that it is a file, and the words with it: %s", (kind, text, words) => {
    expect(spoken(show({ kind, text }).bubble)).toBe(`Ana wrote: ${words} 14:31`);
  });

  it("says what it is when it cannot be shown", () => {
    expect(show({ kind: "unknown", text: "" }).bubble).toHaveTextContent("could not be shown");
  });

  it("says so when nothing of a text can be seen", () => {
    expect(show({ text: "\u200b\u200d" }).bubble).toHaveTextContent("Nothing visible in this text");
  });

  it("shows markup as it was written", () => {
    const text = "<img src=x onerror=alert(1)> <b>bold</b>";
    const { bubble } = show({ text });
    expect(bubble).toHaveTextContent(text);
    expect(bubble.querySelector("img")).toBeNull();
  });

  it("lets the text decide its direction", () => {
    const { bubble } = show({ text: "שלום עולם" });
    expect(bubble.querySelector(".content")).toHaveAttribute("dir", "auto");
  });

  it("folds a long text and unfolds it", async () => {
    const text = "0123456789".repeat(6553);
    const { bubble } = show({ text });
    expect(bubble.textContent.length).toBeLessThan(2000);
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect(bubble).toHaveTextContent(text);
    await userEvent.click(screen.getByRole("button", { name: "Show less" }));
    expect(bubble.textContent.length).toBeLessThan(2000);
  });

  it("asks for the rest of a text of which it has only the beginning", async () => {
    const { bubble, handlers, rerender } = show({ text: "The beginning", long: true });
    await userEvent.click(screen.getByRole("button", { name: "Show more" }));
    expect(handlers.onunfold).toHaveBeenCalledOnce();
    await rerender({ whole: "The beginning and the end" });
    expect(bubble).toHaveTextContent("The beginning and the end");
    expect(screen.getByRole("button", { name: "Show less" })).toHaveAttribute("aria-expanded", "true");
  });
});
