import { problemOf } from "../api/problem";
import type { Device, Problem, Removal as How, RemovalLoss, Removed } from "../api/types";

/** The calls that a removal needs. */
export interface RemovalCalls {
  removalLoss(id: number): Promise<RemovalLoss>;
  removeDevice(id: number, how: How): Promise<Removed>;
}

/** Removing a device that was linked: what goes with it, how, and what became of it. */
export class Removal {
  /** The device that is asked about; null while none is. It stays known after it is gone. */
  device = $state.raw<Device | null>(null);
  /** What would go; null until it was counted. */
  loss = $state.raw<RemovalLoss | null>(null);
  /** Its conversations go with it. */
  erase = $state(false);
  /** What was typed to erase. */
  typed = $state("");
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);
  /** It is gone, and its phone could not be told: a person has to see to that. */
  untold = $state(false);

  /** What was typed is what erasing takes. */
  readonly ready: boolean = $derived(!this.erase || this.typed.trim() === this.device?.label);

  #calls: RemovalCalls;
  #gone: (device: Device) => void;

  /** `gone` is told when a device was removed. */
  constructor(calls: RemovalCalls, gone: (device: Device) => void) {
    this.#calls = calls;
    this.#gone = gone;
  }

  /** Asks how a device is to be removed. */
  async ask(device: Device): Promise<void> {
    this.device = device;
    this.loss = null;
    this.erase = false;
    this.typed = "";
    this.problem = null;
    this.untold = false;
    try {
      const loss = await this.#calls.removalLoss(device.id);
      if (this.device === device) this.loss = loss;
    } catch (error) {
      if (this.device === device) this.problem = problemOf(error);
    }
  }

  /** Removes it. */
  async run(): Promise<void> {
    const { device, erase } = this;
    if (device === null || this.busy || !this.ready) return;
    this.busy = true;
    this.problem = null;
    try {
      const { phoneTold } = await this.#calls.removeDevice(device.id, { erase, label: erase ? this.typed.trim() : "" });
      this.#gone(device);
      if (phoneTold) this.device = null;
      else this.untold = true;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** Leaves the device as it is, or has read what became of it. While it is being removed there is no way back. */
  close(): void {
    if (!this.busy) this.device = null;
  }
}
