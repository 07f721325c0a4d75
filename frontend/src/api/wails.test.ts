import { describe, expect, it, vi } from "vitest";
import { CallError } from "./problem";
import { wailsTransport } from "./wails";

function desktop() {
  const callbacks = new Map<string, (payload: unknown) => void>();
  const pause = vi.fn<(id: unknown) => Promise<unknown>>().mockResolvedValue(undefined);
  const window = {
    go: { bridge: { Fleet: { Pause: pause } } },
    runtime: {
      EventsOn: (name: string, callback: (payload: unknown) => void) => {
        callbacks.set(name, callback);
        return () => callbacks.delete(name);
      },
    },
  };
  const transport = wailsTransport(window);
  if (transport === undefined) throw new Error("no transport");
  return { transport, pause, callbacks };
}

describe("the window's bindings", () => {
  it("are not there in a browser", () => {
    expect(wailsTransport({})).toBeUndefined();
  });

  it("are called by facade and method", async () => {
    const { transport, pause } = desktop();
    await transport.call("Fleet.Pause", [7]);
    expect(pause).toHaveBeenCalledWith(7);
  });

  it("tell errors as the engine wrote them", async () => {
    const { transport, pause } = desktop();
    pause.mockRejectedValue('{"code":"not_found","message":"Gone.","detail":{},"action":""}');
    const error = await transport.call("Fleet.Pause", [7]).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(CallError);
    expect((error as CallError).problem.code).toBe("not_found");
  });

  it("refuse a method that is not bound", async () => {
    const { transport } = desktop();
    await expect(transport.call("Demo.State", [])).rejects.toBeInstanceOf(CallError);
  });

  it("tell batches and clicks on notifications until stopped", () => {
    const { transport, callbacks } = desktop();
    const listener = { connected: vi.fn(), lost: vi.fn(), batch: vi.fn(), openDevice: vi.fn() };
    const stop = transport.listen(listener);
    expect(listener.connected).toHaveBeenCalledTimes(1);
    callbacks.get("batch")?.({ first: 1, seq: 2, changes: [] });
    callbacks.get("open-device")?.({ subaccount: 1, device: 2 });
    expect(listener.batch).toHaveBeenCalledWith({ first: 1, seq: 2, changes: [] });
    expect(listener.openDevice).toHaveBeenCalledWith({ subaccount: 1, device: 2 });
    stop();
    expect(callbacks.size).toBe(0);
  });
});
