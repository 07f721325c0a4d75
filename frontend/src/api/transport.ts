import type { Batch } from "./types";

/** What a transport tells besides the answers to calls. */
export interface Listener {
  /** Events flow from now on; what happened before is only in a snapshot taken after this. */
  connected(): void;
  /** Events may be missed until `connected` is told again. */
  lost(): void;
  batch(batch: Batch): void;
  /** A notification was clicked: its device is to be shown. */
  openDevice(target: DeviceTarget): void;
}

/** A device together with the subaccount it belongs to. */
export interface DeviceTarget {
  subaccount: number;
  device: number;
}

/** The way to the engine: the window's bindings, or HTTP and a WebSocket in a browser. */
export interface Transport {
  /** Calls a method, "Fleet.Pause" for example. Rejects with a CallError. */
  call(method: string, args: readonly unknown[]): Promise<unknown>;
  /** Starts telling what happens. The function returned stops it. */
  listen(listener: Listener): () => void;
}
