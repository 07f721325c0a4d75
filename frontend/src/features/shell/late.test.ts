import { render, screen, within } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import { Rest, type RestCalls } from "../../state/rest.svelte";
import { sampleDevice, sampleLate, sampleSubaccount } from "../../test/samples";
import Banners from "./Banners.svelte";
import LateMessages from "./LateMessages.svelte";

function resting(calls: Partial<RestCalls> = {}) {
  const late = [
    sampleLate({ id: 1, title: "Ana", text: "one" }),
    sampleLate({ id: 2, title: "Ben", text: "two", uncertain: true }),
  ];
  const current = { sleeps: [], late, waits: 6, awake: "off" as const };
  const nothing = () => Promise.resolve();
  const rest = new Rest({
    rest: async () => current,
    sendLate: nothing,
    sendAllLate: nothing,
    cancel: nothing,
    ...calls,
  });
  rest.load(current);
  return rest;
}

describe("messages that were due while the computer slept", () => {
  it("are asked about in a banner", async () => {
    const sendAllLate = vi.fn(() => Promise.resolve());
    const rest = resting({ sendAllLate });
    const around = {
      info: undefined,
      lost: false,
      clockWrong: false,
      players: "",
      diskRefuses: false,
      now: 0,
      ontry: () => undefined,
    };
    render(Banners, { ...around, cutOff: [], rest });
    expect(screen.getByRole("status")).toHaveTextContent("6 messages were due while this computer slept.");
    await userEvent.click(screen.getByRole("button", { name: "Review" }));
    expect(rest.reviewing).toBe(true);
    expect(sendAllLate).not.toHaveBeenCalled();
    await userEvent.click(screen.getByRole("button", { name: "Send now" }));
    expect(sendAllLate).toHaveBeenCalledOnce();
  });

  it("are listed, each with what can be done about it", async () => {
    const sendLate = vi.fn(() => Promise.resolve());
    const cancel = vi.fn(() => Promise.resolve());
    const subaccounts = [
      sampleSubaccount({ id: 1, name: "Hotel Miramar", initials: "H", colour: "teal", position: 0 }),
      sampleSubaccount({ id: 2, name: "Clinic", initials: "C", colour: "rose", position: 1 }),
    ];
    render(LateMessages, { rest: resting({ sendLate, cancel }), subaccounts, devices: [sampleDevice()], now: 2000 });
    const [first, second] = screen.getAllByTestId("late-message");
    expect(first).toHaveTextContent("Ana");
    expect(first).toHaveTextContent("Hotel Miramar");
    expect(first).toHaveTextContent("from Reception");
    expect(second).toHaveTextContent("It may have gone before the sleep");
    expect(within(second as HTMLElement).queryByRole("button", { name: /Delete/ })).toBeNull();
    expect(screen.getByText("and 4 more")).toBeVisible();
    await userEvent.click(screen.getByRole("button", { name: "Send to Ben" }));
    expect(sendLate).toHaveBeenCalledWith([2]);
    await userEvent.click(screen.getByRole("button", { name: "Delete the message to Ana" }));
    expect(cancel).toHaveBeenCalledWith(1);
  });
});
