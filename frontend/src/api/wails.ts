import { CallError, problemOf } from "./problem";
import type { DeviceTarget, Listener, Transport } from "./transport";
import type { Batch } from "./types";

type Bound = Record<string, Record<string, (...args: unknown[]) => Promise<unknown>>>;

/** What Wails puts into the window. */
interface WailsWindow {
  go?: { bridge?: Bound };
  runtime?: { EventsOn(name: string, callback: (payload: unknown) => void): () => void };
}

/** The transport of the desktop window, or undefined where there is none. */
export function wailsTransport(window: object): Transport | undefined {
  const { go, runtime } = window as WailsWindow;
  const bound = go?.bridge;
  if (bound === undefined || runtime === undefined) return undefined;
  return {
    async call(method, args) {
      const [facade = "", name = ""] = method.split(".");
      const bindings = bound[facade]?.[name];
      if (bindings === undefined) throw missing(method);
      try {
        return await bindings(...args);
      } catch (error) {
        throw new CallError(problemOf(error));
      }
    },
    listen(listener: Listener) {
      const stops = [
        runtime.EventsOn("batch", (payload) => listener.batch(payload as Batch)),
        runtime.EventsOn("open-device", (payload) => listener.openDevice(payload as DeviceTarget)),
      ];
      listener.connected();
      return () => stops.forEach((stop) => stop());
    },
  };
}

function missing(method: string): CallError {
  return new CallError({ code: "internal", message: `${method} is not bound`, detail: {}, action: "" });
}
