import type { Change, Device, Pairing, Problem } from "../api/types";
import { problemOf } from "../api/problem";

/** What the link dialog asks of the engine. */
export interface PairingCalls {
  createDevice(subaccount: number, label: string, purpose: string): Promise<Device>;
  start(device: number): Promise<Pairing>;
  renew(device: number): Promise<Pairing>;
  showCode(device: number, number: string): Promise<Pairing>;
  cancel(device: number): Promise<void>;
}

const ENDED: ReadonlySet<string> = new Set(["linked", "refused", "failed", "cancelled", "used_up"]);

/** How a phone is linked: it scans a QR code, or its owner types a code. */
export type PairingWay = "qr" | "code";

/** The link dialog: closed, asking what the new device is called, or following the pairing of one device. */
export class PairingDialog {
  /** Whose device is linked; 0 while the dialog is closed. */
  subaccount = $state(0);
  /** Which device is linked; 0 while it is still to be named. */
  device = $state(0);
  /** The number that the device has already, and that has to scan again; "" for a first link. */
  expected = $state("");
  /** What the operator wants to use. A code to type is asked for only when its number is confirmed. */
  way = $state<PairingWay>("qr");
  /** The number that a code is to be asked for, as it was written. */
  number = $state("");
  /** The number cannot be one: "country" when no country begins like that, "length" for any other reason. */
  numberFault = $state<"" | "country" | "length">("");
  /** Where the pairing stands; null until the engine has answered. */
  step = $state.raw<Pairing | null>(null);
  /** Why the pairing could not be started or the device not be created. */
  problem = $state.raw<Problem | null>(null);
  /** A call is on its way. */
  busy = $state(false);

  #calls: PairingCalls;
  // Counts the steps heard of, so that a call's answer that was overtaken by one is dropped.
  #heard = 0;

  constructor(calls: PairingCalls) {
    this.#calls = calls;
  }

  get open(): boolean {
    return this.subaccount !== 0;
  }

  /** Opens the dialog for a device that does not exist yet. */
  openNew(subaccount: number): void {
    this.#reset(subaccount, 0);
  }

  /** Opens the dialog for a device and begins, or joins, its pairing. */
  async openFor(device: Pick<Device, "id" | "subaccount" | "number">): Promise<void> {
    this.#reset(device.subaccount, device.id);
    this.expected = device.number;
    await this.#follow(() => this.#calls.start(device.id));
  }

  /** Opens the dialog for a device that has a number, and asks for the code that is typed into its phone. */
  async openForCode(device: Pick<Device, "id" | "subaccount" | "number">): Promise<void> {
    this.#reset(device.subaccount, device.id);
    this.expected = device.number;
    this.way = "code";
    await this.askCode();
  }

  /** Creates the device that was asked for and begins its pairing. */
  async create(label: string, purpose: string): Promise<void> {
    const subaccount = this.subaccount;
    this.busy = true;
    this.problem = null;
    try {
      const device = await this.#calls.createDevice(subaccount, label, purpose);
      if (this.subaccount === subaccount) await this.openFor(device);
    } catch (error) {
      if (this.subaccount === subaccount) this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  /** Changes between scanning and typing. A code that was shown to be typed gives way to a QR code; the other way round its number comes first. */
  async choose(way: PairingWay): Promise<void> {
    this.way = way;
    if (way === "qr" && this.step !== null && this.step.asked !== "") await this.#renew();
  }

  /** Asks for the code that is typed into the phone: of the device's own number where it has one, else of the number that was written. */
  async askCode(): Promise<void> {
    const { device, expected, step } = this;
    const number = expected === "" ? this.number || (step?.asked ?? "") : "";
    this.problem = null;
    this.numberFault = "";
    await this.#follow(() => this.#calls.showCode(device, number));
  }

  /** Asks for new codes, after they were used up, refused or failed. After a refusal the number to type a code for is asked again. */
  async again(): Promise<void> {
    const { step } = this;
    if (this.way === "code" && step !== null && step.asked !== "" && step.kind !== "refused") await this.askCode();
    else await this.#renew();
  }

  /** Closes the dialog. A pairing that goes on is cancelled. */
  async close(): Promise<void> {
    const { device, step } = this;
    this.#reset(0, 0);
    if (device === 0 || (step !== null && ENDED.has(step.kind))) return;
    try {
      await this.#calls.cancel(device);
    } catch {
      // It had ended by itself, or ends when its codes run out.
    }
  }

  /** Takes in what changed. */
  apply(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.topic !== "pairing" || change.id !== this.device || this.device === 0 || change.gone) continue;
      this.#heard++;
      this.#show(change.value as Pairing);
      this.problem = null;
    }
  }

  async #renew(): Promise<void> {
    const { device } = this;
    this.problem = null;
    await this.#follow(() => this.#calls.renew(device));
  }

  // Another window may have asked for a code: then that is what this one shows.
  #show(step: Pairing): void {
    this.step = step;
    if (step.asked !== "") this.way = "code";
  }

  #fail(problem: Problem): void {
    if (problem.code === "invalid") this.numberFault = problem.detail.why === "country" ? "country" : "length";
    else this.problem = problem;
  }

  async #follow(call: () => Promise<Pairing>): Promise<void> {
    const { device } = this;
    const heard = this.#heard;
    this.busy = true;
    try {
      const step = await call();
      if (device === this.device && heard === this.#heard) this.#show(step);
    } catch (error) {
      if (device === this.device) this.#fail(problemOf(error));
    } finally {
      this.busy = false;
    }
  }

  #reset(subaccount: number, device: number): void {
    this.subaccount = subaccount;
    this.device = device;
    this.expected = "";
    this.way = "qr";
    this.number = "";
    this.numberFault = "";
    this.step = null;
    this.problem = null;
    this.#heard++;
  }
}
