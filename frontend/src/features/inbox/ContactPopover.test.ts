import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";

import type { Contact } from "../../api/types";
import { ContactCard, type ContactCalls } from "../../state/contactCard.svelte";
import ContactPopover from "./ContactPopover.svelte";

// Nothing is laid out here, so the popover does not find its place.
const HIDDEN = { hidden: true };

const AT = Date.UTC(2026, 4, 2, 9);

function show(calls: Partial<ContactCalls>): void {
  const whole = { contact: vi.fn(), part: vi.fn(), joinAgain: vi.fn(), ...calls };
  render(ContactPopover, { contact: new ContactCard(3, whole), name: "Ana", locale: "en-GB" });
}

describe("the contact's card", () => {
  const ana: Contact = { name: "Ana", numbers: ["+34 600 00 01 44", "+34 600 00 01 99"], merges: [] };

  it("shows every number", async () => {
    show({ contact: vi.fn().mockResolvedValue(ana) });
    await userEvent.click(screen.getByRole("button", { name: "Contact details" }));
    expect((await screen.findAllByRole("listitem", HIDDEN)).map((item) => item.textContent)).toEqual(ana.numbers);
  });

  it("parts two who were taken for one, and joins them again", async () => {
    const contact = vi.fn().mockResolvedValueOnce({ ...ana, merges: [{ id: 7, at: AT, name: "Lidia", messages: 2 }] });
    contact.mockResolvedValue(ana);
    const part = vi.fn().mockResolvedValue({ kept: 3, apart: 9 });
    const joinAgain = vi.fn().mockResolvedValue(undefined);
    show({ contact, part, joinAgain });
    await userEvent.click(screen.getByRole("button", { name: "Contact details" }));
    expect(await screen.findByText(/Lidia was taken for the same person/u)).toBeInTheDocument();
    await userEvent.click(screen.getByText("Part again"));
    expect(part).toHaveBeenCalledWith(7);
    await userEvent.click(await screen.findByText("Undo"));
    expect(joinAgain).toHaveBeenCalledWith(3, 9);
    expect(screen.queryByText("Undo")).toBeNull();
  });

  it("says why they could not be parted", async () => {
    const contact = vi.fn().mockResolvedValue({ ...ana, merges: [{ id: 7, at: AT, name: "", messages: 2 }] });
    show({ contact, part: vi.fn().mockRejectedValue({ code: "storage_failed", message: "", action: "" }) });
    await userEvent.click(screen.getByRole("button", { name: "Contact details" }));
    await userEvent.click(await screen.findByText("Part again"));
    expect(screen.getByRole("status", HIDDEN)).not.toBeEmptyDOMElement();
    expect(screen.queryByText("Undo")).toBeNull();
  });
});
