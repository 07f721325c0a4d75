import { render, screen } from "@testing-library/svelte";
import userEvent from "@testing-library/user-event";
import { describe, expect, it, vi } from "vitest";
import type { UptimeReport } from "../../api/types";
import { DeviceUptime } from "../../state/uptimeReport.svelte";
import { sampleDevice, sampleSubaccount, sampleUptime } from "../../test/samples";
import UptimeCard from "./UptimeCard.svelte";

const DAY = 24 * 60 * 60_000;
const HOUR = DAY / 24;
const now = new Date(2026, 10, 24, 14, 32).getTime();

function show(report: UptimeReport) {
  const calls = { report: vi.fn(() => Promise.resolve(report)) };
  const uptime = new DeviceUptime(1, calls);
  render(UptimeCard, {
    uptime,
    device: sampleDevice(),
    owner: sampleSubaccount(),
    now,
    locale: "en",
    version: "0.1.0",
  });
  return { calls, user: userEvent.setup() };
}

const lossy: UptimeReport = {
  uptime: sampleUptime({
    from: now - 7 * DAY,
    to: now,
    share: 0.99999,
    down: 69 * 60_000,
    outages: 4,
    median: 110_000,
    strip: [
      { from: now - 7 * DAY, to: now - 5 * DAY, status: "" },
      { from: now - 5 * DAY, to: now - DAY, status: "connected" },
      { from: now - DAY, to: now - DAY + HOUR / 2, status: "offline" },
      { from: now - DAY + HOUR / 2, to: now, status: "connected" },
    ],
  }),
  days: [
    { at: now - DAY, share: 0.5, down: 12 * HOUR, outages: 3 },
    { at: now, share: -1, down: 0, outages: 0 },
  ],
  causes: [{ cause: "network_down", time: 69 * 60_000, times: 4 }],
};

describe("a device's uptime", () => {
  it("tells the share, never rounded up, what was lost, and how fast it came back", async () => {
    show(lossy);
    expect(await screen.findByText("99.99 %")).toBeVisible();
    expect(screen.getByText("down, 4 times")).toHaveTextContent("1 h 09");
    expect(screen.getByText("median time to come back")).toHaveTextContent("1 min");
    expect(
      screen.getByRole("img", {
        name: "Last 30 days: 99.99 %. Messages could not arrive for 1 h 09, 4 times.",
      }),
    ).toBeInTheDocument();
  });

  it("tells the share of the business hours beside it, and reads it again when they change", async () => {
    const report = { ...lossy, uptime: { ...lossy.uptime, business: 0.98119 } };
    const calls = { report: vi.fn(() => Promise.resolve(report)) };
    const props = { device: sampleDevice(), now, locale: "en", version: "0.1.0" };
    const uptime = new DeviceUptime(1, calls);
    const owner = sampleSubaccount();
    const { rerender } = render(UptimeCard, { ...props, uptime, owner });
    expect(await screen.findByTestId("uptime-business")).toHaveTextContent("98.11 %in business hours");
    expect(screen.getByRole("img", { name: /4 times\. In business hours: 98\.11 %\.$/ })).toBeInTheDocument();
    expect(calls.report).toHaveBeenCalledTimes(1);
    await rerender({ ...props, uptime, owner: { ...owner, hours: { ...owner.hours, on: true } } });
    expect(calls.report).toHaveBeenCalledTimes(2);
  });

  it("tells no second share where there are no business hours", async () => {
    show(lossy);
    expect(await screen.findByText("99.99 %")).toBeVisible();
    expect(screen.queryByTestId("uptime-business")).toBeNull();
  });

  it("has the chart as a table too, and what the time was lost to", async () => {
    const { user } = show(lossy);
    await user.click(await screen.findByText("As a table"));
    expect(screen.getByTestId("uptime-causes")).toHaveTextContent("No network41 h 09");
    const rows = screen.getByTestId("uptime-days").querySelectorAll("tbody tr");
    expect([...rows].map((row) => row.textContent.replace(/\s+/g, " ").trim())).toEqual([
      expect.stringContaining("24"),
      expect.stringContaining("50 %"),
    ]);
  });

  it("asks for another number of days", async () => {
    const { user, calls } = show(lossy);
    await user.click(await screen.findByRole("radio", { name: "7 days" }));
    expect(calls.report).toHaveBeenLastCalledWith(1, 7);
  });

  it("counts nothing before the first link", async () => {
    show({ uptime: sampleUptime({ share: -1, strip: [{ from: 0, to: DAY, status: "" }] }), days: [], causes: [] });
    expect(await screen.findByText("–")).toBeVisible();
    expect(screen.getByRole("img", { name: "Last 30 days: not linked yet." })).toBeInTheDocument();
    expect(screen.queryByText("As a table")).toBeNull();
  });
});
