import { describe, expect, it } from "vitest";
import { counts, EVERYTHING, passes, plain, toggled, type FleetFilter } from "./fleetFilter";

const device = {
  subaccount: 1,
  status: "offline",
  purpose: "sales",
  label: "Recepção",
  slot: 2,
  number: "+34 600 000 013",
  name: "Hotel Miramar, S.L.",
};

const filter = (part: Partial<FleetFilter>): FleetFilter => ({ ...EVERYTHING, ...part });

describe("a filter of the fleet", () => {
  it("lets everything through at first", () => {
    expect(passes(device, "Acme", EVERYTHING)).toBe(true);
  });

  it.each([
    ["recepcao", true],
    ["RECEPÇÃO", true],
    ["600000013", true],
    ["600 000", true],
    ["·2", true],
    ["acme miramar", true],
    ["  ", true],
    ["acme lisboa", false],
    ["700", false],
  ])("finds %j: %s", (text, found) => {
    expect(passes(device, "Acme", filter({ text }))).toBe(found);
  });

  it("finds names that are written from right to left, whatever marks are between", () => {
    const oasis = { ...device, label: "مطعم \u200fالواحة" };
    expect(passes(oasis, "", filter({ text: "الواحة" }))).toBe(true);
  });

  it("holds all of its parts together, and any value within one", () => {
    const both = filter({ statuses: new Set(["offline", "attention"]), purposes: new Set(["sales"]) });
    expect(passes(device, "", both)).toBe(true);
    expect(passes({ ...device, status: "attention" }, "", both)).toBe(true);
    expect(passes({ ...device, purpose: "support" }, "", both)).toBe(false);
    expect(passes(device, "", filter({ subaccounts: new Set([2]) }))).toBe(false);
  });

  it("counts what each value would show, given the others", () => {
    const devices = [
      device,
      { ...device, status: "connected" },
      { ...device, purpose: "support", status: "connected" },
      { ...device, subaccount: 2 },
    ];
    const narrowed = filter({ purposes: new Set(["sales"]), statuses: new Set(["offline"]) });
    const owner = () => "";
    expect([...counts(devices, owner, narrowed, "statuses")]).toEqual([
      ["offline", 2],
      ["connected", 1],
    ]);
    expect([...counts(devices, owner, narrowed, "purposes")]).toEqual([["sales", 2]]);
    expect([...counts(devices, owner, narrowed, "subaccounts")]).toEqual([
      [1, 1],
      [2, 1],
    ]);
  });

  it("takes a value in and out", () => {
    const one = toggled(new Set<string>(), "sales");
    expect([...one]).toEqual(["sales"]);
    expect([...toggled(one, "sales")]).toEqual([]);
  });

  it("compares without case, accents and invisible marks", () => {
    expect(plain("São\u200e PAULO")).toBe("sao paulo");
  });
});
