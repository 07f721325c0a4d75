import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Content, Line, Message } from "../../api/types";
import { sampleContent, sampleConversation, sampleMessage } from "../../test/samples";
import Bubble from "./Bubble.svelte";
import { lineWords } from "./kindWords";
import { lastWords } from "./lastWords";

const AT = Date.UTC(2026, 10, 23, 14, 31);
const file = {
  mime: "",
  name: "",
  size: 1_400_000,
  seconds: 65,
  pages: 0,
  waveform: [0, 50, 100],
  animated: false,
  round: false,
};
const place = { latitude: 39.5696, longitude: 2.6502, accuracy: 12, name: "Hotel Miramar", address: "", live: false };
const poll = {
  options: [
    { text: "Monday", votes: 2, ours: true },
    { text: "Friday", votes: 0, ours: false },
  ],
  max: 1,
  voters: 2,
};
const event = { description: "Six *wines*", place: "Cellar", link: "", starts: AT, ends: 0, cancelled: true };

const kinds: [string, Partial<Message>, Partial<Content>, string, string][] = [
  ["voice", {}, { file }, "Voice note", "Voice note"],
  ["gif", { text: "look" }, { file }, "GIF", "GIF: look"],
  [
    "location",
    { text: "Hotel Miramar" },
    { place },
    "Location within 12 m 39.56960, 2.65020 Show map",
    "Location: Hotel Miramar",
  ],
  [
    "contact",
    { text: "Carla" },
    { cards: [{ name: "Carla", numbers: ["+34 600 000 031"] }] },
    "Contact Carla +34 600 000 031",
    "Contact: Carla",
  ],
  [
    "poll",
    { text: "Which day?" },
    { poll },
    "Poll One answer Which day? Monday (we chose this) 2 votes Friday 0 votes",
    "Poll: Which day?",
  ],
  [
    "event",
    { text: "Tasting" },
    { event },
    "Event Cancelled Tasting Monday, 23 November 2026 at 14:31 Cellar Six wines",
    "Event: Tasting",
  ],
  [
    "invite",
    { text: "Suppliers" },
    { invite: { name: "Suppliers", expires: 0 } },
    "An invitation to join “Suppliers”",
    "Group invite: Suppliers",
  ],
  ["call", {}, { call: { video: true, group: false } }, "Missed video call", "Missed video call"],
  ["image", {}, { once: true }, "Photo It can only be opened on the phone.", "Opened once on the phone"],
  [
    "unknown",
    {},
    { unknown: "albumMessage" },
    "An album that Waflow cannot show yet.",
    "An album that Waflow cannot show yet. Open it on the phone.",
  ],
];

function show(part: Partial<Message>, more = {}) {
  const message = sampleMessage({ at: AT, ...part });
  render(Bubble, {
    ...{ message, name: "Ana", locale: "en-GB", onunfold: vi.fn(), onretry: vi.fn(), oncancel: vi.fn() },
    ...more,
  });
  return screen.getByTestId(`message-${message.id}`);
}

describe("kinds of messages", () => {
  it.each(kinds)("%s", (kind, part, content, shown, last) => {
    const message = sampleMessage({ kind, text: "", ...part, content: sampleContent(content) });
    expect(show(message)).toHaveTextContent(shown);
    expect(lastWords(sampleConversation({ last: message }), "en-GB").shown).toBe(last);
  });

  it("leads to a page only where that is safe", () => {
    const preview = { url: "javascript:alert(1)", title: "Menu", description: "" };
    const bubble = show({ text: "see https://example.com", content: sampleContent({ preview }) });
    const links = [...bubble.querySelectorAll("a")].map((link) => link.href);
    expect(links).toEqual(["https://example.com/"]);
  });

  it("goes to the message that is answered", async () => {
    const onjump = vi.fn();
    const reply = { message: 7, name: "", ours: true, kind: "image", text: "the menu" };
    show({ text: "yes", content: sampleContent({ reply }) }, { onjump });
    await userEvent.click(screen.getByRole("button", { name: /Answers us: Photo: the menu/u }));
    expect(onjump).toHaveBeenCalledWith(7);
  });

  it("says who wrote in a group, and how often it was forwarded", () => {
    const bubble = show({ author: "Luis", text: "hi", content: sampleContent({ forwarded: 2 }) });
    expect(bubble).toHaveTextContent("Luis wrote: Luis Forwarded many times hi");
  });

  it("shows what was deleted and by whom", () => {
    const deleted = { at: AT, by: "admin", name: "Carla" } as const;
    const message = sampleMessage({ text: "secret", deleted });
    expect(show(message)).toHaveTextContent("Deleted by Carla, an admin 14:31 secret");
    expect(lastWords(sampleConversation({ last: message })).shown).toBe("Deleted message");
  });

  it("shows earlier texts on demand, and says so when they can't be read", async () => {
    const onversions = vi
      .fn()
      .mockRejectedValueOnce(new Error())
      .mockResolvedValueOnce([{ text: "first", at: AT }]);
    show({ text: "second", edited: AT }, { onversions });
    const button = screen.getByRole("button", { name: "Earlier texts" });
    await userEvent.click(button);
    expect(screen.getByRole("alert")).toHaveTextContent("could not be read");
    await userEvent.click(button);
    await userEvent.click(button);
    expect(screen.getByText("first")).toBeInTheDocument();
  });

  it("counts reactions and names who reacted", async () => {
    const onremarks = vi.fn().mockResolvedValue({ reactions: [{ what: "👍", name: "", ours: true }], votes: [] });
    show({ reactions: [{ emoji: "👍", count: 2, ours: true }] }, { onremarks });
    await userEvent.click(screen.getByRole("button", { name: /Reactions: 👍 2/u }));
    expect(screen.getByRole("listitem")).toHaveTextContent("👍 We");
  });
});

describe("lines that nobody wrote", () => {
  const line = (part: Partial<Line>): Line => {
    return { kind: "added", actor: "", ours: false, people: [], us: false, text: "", seconds: 0, ...part };
  };
  it.each([
    [line({ kind: "added", actor: "Ana", people: ["Luis"], us: true }), "Ana added Luis and us"],
    [line({ kind: "subject", ours: true, text: "Suppliers" }), "We named the group “Suppliers”"],
    [line({ kind: "timer", seconds: 604_800 }), "Carla turned disappearing messages on: 7 days"],
    [line({ kind: "timer" }), "Carla turned disappearing messages off"],
    [
      line({ kind: "security_code" }),
      "The security code of Carla has changed: another phone, or WhatsApp installed again",
    ],
    [line({ kind: "number", text: "+34 600 000 199" }), "Carla has another phone number now: +34 600 000 199"],
    [line({ kind: "joined", people: ["Luis"], us: true }), "We and Luis joined"],
    [line({ kind: "new_link", actor: "Ana" }), "Ana made a new link into the group"],
    [line({ kind: "something new" }), "Something about this chat has changed"],
  ])("%#", (given, words) => {
    expect(lineWords(given, "Carla", "en-GB")).toBe(words);
  });

  it("are told in the list without a name before them", () => {
    const last = sampleMessage({
      kind: "notice",
      text: "",
      content: sampleContent({ line: line({ kind: "pinned" }) }),
    });
    expect(lastWords(sampleConversation({ title: "Ana", last }))).toMatchObject({
      shown: "Ana pinned a message",
      quiet: true,
    });
  });
});
