import type { Device } from "../api/types";
import { PRIORITIES, rank, type PriorityName } from "../lib/fleetRows";

/** What was wanted of a device that was let go. */
export interface Wanted {
  device: Device;
  priority: PriorityName;
}

/** A device that is being moved from one priority to another, by the pointer or by keys. */
export class PriorityMove {
  /** The device that was lifted; null while none is. */
  device = $state.raw<Device | null>(null);
  /** Where it would come to. */
  target = $state<PriorityName>("medium");

  /** Takes a device up. */
  lift(device: Device): void {
    this.device = device;
    this.target = PRIORITIES[rank(device.priority)] ?? "medium";
  }

  /** It is held over a priority of a subaccount; over another subaccount's it stays where it was. */
  over(subaccount: number, priority: string): void {
    if (this.device?.subaccount !== subaccount) return;
    this.target = PRIORITIES[rank(priority)] ?? this.target;
  }

  /** One priority higher or lower. */
  step(by: 1 | -1): void {
    this.target = PRIORITIES[rank(this.target) + by] ?? this.target;
  }

  /** Lets it go where it is. Answers what is wanted, undefined when it is as before. */
  drop(): Wanted | undefined {
    const { device, target } = this;
    this.device = null;
    return device === null || device.priority === target ? undefined : { device, priority: target };
  }

  /** Puts it back. */
  cancel(): void {
    this.device = null;
  }
}
