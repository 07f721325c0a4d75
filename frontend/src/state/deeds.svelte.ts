import { problemOf } from "../api/problem";
import type { Device, DeviceSettings, Problem, Removal } from "../api/types";
import type { Deed } from "../lib/nextAction";

/** What can be asked of the engine about a device. */
export interface DeviceCalls {
  updateDevice(id: number, settings: DeviceSettings): Promise<unknown>;
  removeDevice(id: number, how: Removal): Promise<unknown>;
  tryNow(id: number): Promise<unknown>;
  pause(id: number): Promise<unknown>;
  resume(id: number): Promise<unknown>;
  takeBack(id: number): Promise<unknown>;
  checkNow(id: number): Promise<unknown>;
  unlink(id: number): Promise<unknown>;
}

/** What is asked about once before it is done. */
export type Question = "take_back" | "unlink" | "remove";

/** What a deed needs from outside: the link dialog, and the device's page. */
export interface Ways {
  link(device: Device): void;
  open(device: Device): void;
}

/** What is done to devices by a button: which calls are on their way, what is asked about first, and what was refused. */
export class Deeds {
  /** Waiting for a yes. */
  question = $state.raw<{ device: Device; question: Question } | null>(null);
  /** The last call that was refused, and whose. */
  refused = $state.raw<{ device: number; problem: Problem } | null>(null);

  #calls: DeviceCalls;
  #ways: Ways;
  #busy = $state.raw<ReadonlySet<number>>(new Set());

  constructor(calls: DeviceCalls, ways: Ways) {
    this.#calls = calls;
    this.#ways = ways;
  }

  /** Whether something is being done to a device. */
  busy(device: number): boolean {
    return this.#busy.has(device);
  }

  /** Does what a next action says. */
  perform(device: Device, deed: Deed): void {
    switch (deed) {
      case "link":
        return this.#ways.link(device);
      case "open":
        return this.#ways.open(device);
      case "take_back":
        return this.ask(device, "take_back");
      case "try_now":
        return void this.#do(device.id, () => this.#calls.tryNow(device.id));
      case "resume":
        return void this.#do(device.id, () => this.#calls.resume(device.id));
      case "check_now":
        return void this.#do(device.id, () => this.#calls.checkNow(device.id));
    }
  }

  /** Asks before something that interrupts or cannot be taken back. */
  ask(device: Device, question: Question): void {
    this.question = { device, question };
  }

  /** Does not do what was asked about. */
  refrain(): void {
    this.question = null;
  }

  /** Does what was asked about. */
  async confirm(): Promise<void> {
    const asked = this.question;
    this.question = null;
    if (asked === null) return;
    const { id } = asked.device;
    const calls = {
      take_back: () => this.#calls.takeBack(id),
      unlink: () => this.#calls.unlink(id),
      remove: () => this.#calls.removeDevice(id, { erase: false, label: "" }),
    };
    await this.#do(id, calls[asked.question]);
  }

  /** Pauses a device. Returns whether it worked. */
  pause(device: number): Promise<boolean> {
    return this.#do(device, () => this.#calls.pause(device));
  }

  /** Resumes a device. Returns whether it worked. */
  resume(device: number): Promise<boolean> {
    return this.#do(device, () => this.#calls.resume(device));
  }

  /** Saves a part of a device's settings. Answers why it was not saved, null when it was. */
  async update(device: number, part: Partial<DeviceSettings>): Promise<Problem | null> {
    try {
      await this.#calls.updateDevice(device, {
        label: null,
        purpose: null,
        priority: null,
        favorite: null,
        colour: null,
        notify: null,
        ...part,
      });
      return null;
    } catch (error) {
      return problemOf(error);
    }
  }

  /** Forgets what was refused. */
  forget(): void {
    this.refused = null;
  }

  async #do(device: number, call: () => Promise<unknown>): Promise<boolean> {
    this.refused = null;
    this.#busy = new Set([...this.#busy, device]);
    try {
      await call();
      return true;
    } catch (error) {
      this.refused = { device, problem: problemOf(error) };
      return false;
    } finally {
      this.#busy = new Set([...this.#busy].filter((other) => other !== device));
    }
  }
}
