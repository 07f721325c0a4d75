import type { Change, Device, Pairing } from "../api/types";
import { PairingDialog, type PairingCalls } from "./pairing.svelte";

/** What became of a device of the queue so far. */
export type RelinkOutcome = "waiting" | "linked" | "skipped" | "refused" | "failed";

/** A device of the queue. */
export interface RelinkTurn {
  device: number;
  outcome: RelinkOutcome;
  /** The step that refused or failed; null otherwise. */
  step: Pairing | null;
}

/** Devices that need relinking, one after the other: the person at the other end of a telephone has one phone in hand at a time. */
export class RelinkQueue {
  /** The dialog is open. A queue that was begun stays when it is closed. */
  open = $state(false);
  /** The devices in their order; empty while they are being chosen. */
  turns = $state.raw<readonly RelinkTurn[]>([]);
  /** Whose turn it is; as many as there are turns once all are through. */
  at = $state(0);

  /** The link of the device whose turn it is; closed until its code is asked for. */
  readonly pairing: PairingDialog;
  readonly turn = $derived(this.turns[this.at]);
  /** What the dialog shows. */
  readonly stage = $derived(this.turns.length === 0 ? "choose" : this.turn === undefined ? "results" : "turn");

  #device: (id: number) => Device | undefined;

  /** `device` finds a device as it is now. */
  constructor(calls: PairingCalls, device: (id: number) => Device | undefined) {
    this.pairing = new PairingDialog(calls);
    this.#device = device;
  }

  /** Opens the dialog: where it was left, or for choosing. */
  show(): void {
    this.open = true;
    this.#settle();
  }

  /** Begins with the devices chosen, in their order. */
  async begin(devices: readonly number[]): Promise<void> {
    await this.pairing.close();
    this.turns = devices.map((device) => ({ device, outcome: "waiting", step: null }));
    this.#goTo(0);
  }

  /** Shows the code that is typed into the phone whose turn it is, or the QR code that it scans. */
  async showCode(way: "code" | "qr"): Promise<void> {
    const device = this.turn && this.#device(this.turn.device);
    if (device === undefined) return;
    await (way === "code" ? this.pairing.openForCode(device) : this.pairing.openFor(device));
    this.#notice();
  }

  /** Goes on: past a device that is linked, or leaving it as it is. */
  async next(): Promise<void> {
    if (this.turn?.outcome === "waiting") this.#tell(this.turn.device, { outcome: "skipped", step: null });
    await this.pairing.close();
    this.#goTo(this.at + 1);
  }

  /** Goes back to the device before. */
  async back(): Promise<void> {
    if (this.at === 0) return;
    await this.pairing.close();
    this.at--;
    this.#reopen();
  }

  /** Puts the device whose turn it is behind all others. */
  async later(): Promise<void> {
    const { turn, at } = this;
    if (turn === undefined) return;
    await this.pairing.close();
    this.turns = [...this.turns.filter((other) => other !== turn), turn];
    this.#goTo(at);
  }

  /** Closes the dialog. A code that is shown ends; the queue stays where it is. */
  async close(): Promise<void> {
    this.open = false;
    if (this.stage === "results") this.#clear();
    await this.pairing.close();
  }

  /** Begins anew with those that were not linked. */
  rest(): Promise<void> {
    return this.begin(this.turns.filter((turn) => turn.outcome !== "linked").map((turn) => turn.device));
  }

  /** Gives the queue up. */
  async stop(): Promise<void> {
    this.open = false;
    this.#clear();
    await this.pairing.close();
  }

  /** Takes in what changed. */
  apply(changes: readonly Change[]): void {
    this.pairing.apply(changes);
    this.#notice();
  }

  // Keeps what the pairing of the present turn came to.
  #notice(): void {
    const { step, device, problem } = this.pairing;
    if (device === 0 || device !== this.turn?.device) return;
    if (problem !== null) return this.#tell(device, { outcome: "failed", step: null });
    switch (step?.kind) {
      case "linked":
        return this.#tell(device, { outcome: "linked", step: null });
      case "refused":
      case "failed":
        return this.#tell(device, { outcome: step.kind, step });
      default:
        return;
    }
  }

  #tell(device: number, what: Pick<RelinkTurn, "outcome" | "step">): void {
    this.turns = this.turns.map((turn) => (turn.device === device ? { ...turn, ...what } : turn));
  }

  #goTo(at: number): void {
    this.at = at;
    this.#settle();
  }

  // Passes by what needs no turn any more: a device that was linked elsewhere meanwhile, or removed.
  #settle(): void {
    for (let turn = this.turn; turn !== undefined && !this.pairing.open; turn = this.turn) {
      const device = this.#device(turn.device);
      if (device !== undefined && device.linked === 0) {
        this.#reopen();
        return;
      }
      this.#tell(turn.device, { outcome: device === undefined ? "skipped" : "linked", step: null });
      this.at++;
    }
  }

  // A device whose turn comes again waits again.
  #reopen(): void {
    const { turn } = this;
    if (turn?.outcome === "skipped") this.#tell(turn.device, { outcome: "waiting", step: null });
  }

  #clear(): void {
    this.turns = [];
    this.at = 0;
  }
}

/** Whether a device waits for somebody to link it to its phone again. */
export function needsRelink(device: Device): boolean {
  return device.linked === 0 && device.next === "relink";
}
