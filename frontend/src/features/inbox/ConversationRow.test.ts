import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Conversation } from "../../api/types";
import { sampleConversation, sampleMessage } from "../../test/samples";
import ConversationRow from "./ConversationRow.svelte";

const NOW = Date.UTC(2026, 10, 23, 14, 31);

function show(part: Partial<Conversation>, more = {}) {
  const onopen = vi.fn();
  render(ConversationRow, {
    conversation: sampleConversation({ at: NOW, last: sampleMessage({ text: "¿A qué hora abre el spa?" }), ...part }),
    active: false,
    device: "",
    now: NOW,
    locale: "en-GB",
    id: "row",
    position: 3,
    total: 40,
    onopen,
    ...more,
  });
  return { row: screen.getByRole("option"), onopen };
}

describe("ConversationRow", () => {
  it("says who, how many are unread, what and when", () => {
    const { row } = show({ unread: 2 });
    expect(row).toHaveAccessibleName("Ana Beltrán, 2 unread messages, ¿A qué hora abre el spa?, 14:31");
    expect(row).toHaveAttribute("aria-posinset", "3");
    expect(row).toHaveAttribute("aria-setsize", "40");
  });

  it("shows how far an own message came", () => {
    const { row } = show({ last: sampleMessage({ out: true, state: "read", text: "Hecho" }) });
    expect(row).toHaveAccessibleName("Ana Beltrán, You: Hecho, Read, 14:31");
    expect(screen.getByTitle("Read")).toBeInTheDocument();
  });

  it("shows a draft instead of the last message", () => {
    const { row } = show({ draft: "Olá Paulo" });
    expect(row).toHaveTextContent("Draft");
    expect(row).toHaveTextContent("Olá Paulo");
  });

  it("shows the last message of the conversation that is written in", () => {
    expect(show({ draft: "Olá Paulo" }, { active: true }).row).not.toHaveTextContent("Draft");
  });

  it("puts a text of many lines into one", () => {
    expect(show({ last: sampleMessage({ text: "one\n\n  two" }) }).row).toHaveTextContent("one two");
  });

  it.each([
    ["image", "The\nterrace", "Photo: The terrace"],
    ["voice", "", "Voice note"],
  ])("says what the last message is when it is a file: %s", (kind, text, words) => {
    expect(show({ last: sampleMessage({ kind, text }) }).row).toHaveTextContent(words);
  });

  it("says so when the last message cannot be shown", () => {
    expect(show({ last: sampleMessage({ kind: "unknown", text: "" }) }).row).toHaveTextContent("Could not be shown");
  });

  it("names the subaccount where several stand together", () => {
    const { row } = show({}, { owner: { name: "Hotel Miramar", initials: "HM", colour: "teal" } });
    expect(row).toHaveAccessibleName(/^Hotel Miramar, Ana Beltrán/);
    expect(row).toHaveAttribute("data-sub", "teal");
    expect(screen.getByTitle("Hotel Miramar")).toHaveTextContent("HM");
  });

  it("opens by a click", async () => {
    const { row, onopen } = show({});
    await userEvent.click(row);
    expect(onopen).toHaveBeenCalledOnce();
  });
});
