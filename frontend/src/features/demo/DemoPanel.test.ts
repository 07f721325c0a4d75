import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import { CallError } from "../../api/problem";
import type { DemoPhone } from "../../api/types";
import { DemoPhones } from "../../state/demo.svelte";
import { chatsOf } from "./chats";
import DemoPanel from "./DemoPanel.svelte";

const bella: DemoPhone = {
  number: "+5511900000101",
  shown: "+55 11 90000-0101",
  name: "Bella Lua",
  ours: true,
  network: true,
  linked: 1,
  answers: false,
  chats: [],
};
const julia: DemoPhone = {
  ...bella,
  number: "+5511900000201",
  shown: "+55 11 90000-0201",
  name: "Júlia Santos",
  ours: false,
  linked: 0,
  chats: [
    {
      peer: bella.number,
      peerName: "Bella Lua",
      messages: [
        { id: "1", kind: "text", out: false, text: "Bom dia!", at: 1000, tick: "read" },
        { id: "2", kind: "text", out: true, text: "Que ótimo", at: 2000, tick: "delivered" },
      ],
    },
  ],
};

async function show(phones: DemoPhone[], showing = 0) {
  const calls = {
    state: vi.fn(async () => ({ phones })),
    addPhone: vi.fn(async (name: string, ours: boolean) => ({ ...bella, number: "+1", name, ours })),
    scan: vi.fn(async () => undefined),
    write: vi.fn(async () => undefined),
    read: vi.fn(async () => undefined),
    network: vi.fn(async () => undefined),
    unlink: vi.fn(async () => undefined),
    takeOver: vi.fn(async () => undefined),
    answers: vi.fn(async () => undefined),
    crowd: vi.fn(async () => 1),
  };
  const demo = new DemoPhones(calls);
  const onhide = vi.fn();
  render(DemoPanel, { demo, showing, onhide, now: 3000 });
  await screen.findByTestId("demo-contacts");
  return { demo, calls, onhide };
}

describe("DemoPanel", () => {
  it("shows a contact's chat and writes as the contact", async () => {
    const { calls } = await show([bella, julia]);
    expect(screen.getByTestId("demo-screen")).toHaveTextContent("Bom dia!");
    expect(screen.getByRole("img", { name: "Delivered" })).toBeInTheDocument();
    await userEvent.type(screen.getByTestId("demo-write"), "Vocês entregam?{Enter}");
    expect(calls.write).toHaveBeenCalledWith(julia.number, bella.number, "Vocês entregam?");
    expect(screen.getByTestId("demo-write")).toHaveValue("");
  });

  it("gives the text back when it could not be written, and says why", async () => {
    const { calls } = await show([bella, julia]);
    calls.write.mockRejectedValueOnce(new CallError({ code: "not_connected", message: "", detail: {}, action: "" }));
    await userEvent.type(screen.getByTestId("demo-write"), "Oi{Enter}");
    expect(screen.getByTestId("demo-write")).toHaveValue("Oi");
    expect(screen.getByRole("alert")).toHaveTextContent("no network");
  });

  it("reads as the contact and takes the phone off the network", async () => {
    const { calls } = await show([bella, julia]);
    await userEvent.click(screen.getByRole("button", { name: "Read as Júlia Santos" }));
    expect(calls.read).toHaveBeenCalledWith(julia.number, bella.number);
    await userEvent.click(screen.getByRole("button", { name: "Lose the network" }));
    expect(calls.network).toHaveBeenCalledWith(julia.number, false);
  });

  it("unlinks one of our phones, and scans only while a code is shown", async () => {
    const { calls } = await show([bella, julia]);
    await userEvent.click(screen.getByTestId("demo-ours"));
    await userEvent.click(screen.getByRole("button", { name: "Unlink on phone" }));
    expect(calls.unlink).toHaveBeenCalledWith(bella.number);
    expect(screen.getByTestId("demo-scan")).toBeDisabled();
  });

  it("scans the code that is shown", async () => {
    const { calls } = await show([bella], 9);
    await userEvent.click(screen.getByTestId("demo-ours"));
    await userEvent.click(screen.getByTestId("demo-scan"));
    expect(calls.scan).toHaveBeenCalledWith(bella.number, 9);
  });

  it("lets a contact answer by itself, and people write all at once", async () => {
    const { calls } = await show([bella, julia]);
    await userEvent.click(screen.getByRole("switch", { name: "Reads and answers by itself" }));
    expect(calls.answers).toHaveBeenCalledWith(julia.number, true);
    await userEvent.click(screen.getByRole("button", { name: "5 people write" }));
    expect(calls.crowd).toHaveBeenLastCalledWith(5);
    await userEvent.click(screen.getByRole("button", { name: "Everybody writes" }));
    expect(calls.crowd).toHaveBeenLastCalledWith(1);
  });

  it("lets another program take over a link, and says why that does not work", async () => {
    const { calls } = await show([bella, julia]);
    await userEvent.click(screen.getByTestId("demo-ours"));
    expect(screen.queryByRole("switch")).toBeNull();
    calls.takeOver.mockRejectedValueOnce(
      new CallError({ code: "conflict", message: "", detail: { why: "not_linked" }, action: "" }),
    );
    await userEvent.click(screen.getByRole("button", { name: "Link taken over" }));
    expect(calls.takeOver).toHaveBeenCalledWith(bella.number);
    expect(screen.getByRole("alert")).toHaveTextContent("No connected device is linked");
  });

  it("shows a phone as it is now, and new ones", async () => {
    const { demo } = await show([bella, julia]);
    demo.apply([{ topic: "demo", id: 1, gone: false, value: { ...julia, network: false } }]);
    expect(await screen.findByRole("img", { name: "No network" })).toBeInTheDocument();
    demo.apply([{ topic: "demo", id: 2, gone: false, value: { ...julia, number: "+2", name: "Oskar", chats: [] } }]);
    expect(await screen.findByRole("option", { name: /Oskar/ })).toBeInTheDocument();
  });

  it("says what a message is that is no text, and on which day it came", async () => {
    const messages = [
      { id: "1", kind: "voice", out: false, text: "", at: Date.UTC(2026, 9, 2, 12), tick: "read" },
      { id: "2", kind: "text", out: true, text: "Gracias", at: 2000, tick: "delivered" },
    ];
    await show([bella, { ...julia, chats: [{ peer: bella.number, peerName: "Bella Lua", messages }] }]);
    expect(screen.getByTestId("demo-screen")).toHaveTextContent("Voice note");
    expect(screen.getByTestId("demo-screen")).toHaveTextContent("October");
  });

  it("adds a phone of the kind that is shown", async () => {
    const { calls } = await show([bella, julia]);
    await userEvent.click(screen.getByTestId("demo-add"));
    await userEvent.type(screen.getByTestId("demo-add-name"), "Oskar{Enter}");
    expect(calls.addPhone).toHaveBeenCalledWith("Oskar", false);
  });
});

describe("chatsOf", () => {
  it("offers contacts our linked phones only", () => {
    const other = { ...bella, number: "+2", name: "Not linked", linked: 0 };
    expect(chatsOf({ ...julia, chats: [] }, [bella, other, julia]).map((chat) => chat.peer)).toEqual([bella.number]);
  });

  it("puts the chat with the newest message first, and those to begin last", () => {
    const second = { ...bella, number: "+3", name: "Second" };
    const third = { ...bella, number: "+4", name: "Third" };
    const chats = [
      ...julia.chats,
      {
        peer: "+3",
        peerName: "Second",
        messages: [{ id: "9", kind: "text", out: true, text: "x", at: 9000, tick: "sent" }],
      },
    ];
    expect(chatsOf({ ...julia, chats }, [bella, second, third]).map((chat) => chat.peer)).toEqual([
      "+3",
      bella.number,
      "+4",
    ]);
  });
});
