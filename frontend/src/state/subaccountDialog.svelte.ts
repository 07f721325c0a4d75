import { problemOf } from "../api/problem";
import type { BusinessHours, FetchPolicy, NotifySwitch, Problem, Subaccount } from "../api/types";

/** What the dialog asks of the engine. */
export interface SubaccountCalls {
  createSubaccount(name: string): Promise<Subaccount>;
  renameSubaccount(id: number, name: string): Promise<Subaccount>;
  notifySubaccount(id: number, notify: NotifySwitch): Promise<Subaccount>;
  keepDeleted(id: number, keep: boolean): Promise<Subaccount>;
  setFetchPolicy(id: number, policy: FetchPolicy): Promise<Subaccount>;
  setBusinessHours(id: number, hours: BusinessHours): Promise<Subaccount>;
}

/** What is said of a subaccount besides its name. */
export interface SubaccountSettings {
  notify: NotifySwitch;
  keepDeleted: boolean;
  hours: BusinessHours;
  fetch: FetchPolicy;
}

/** The dialog that creates or edits a subaccount. */
export class SubaccountDialog {
  open = $state(false);
  /** Which one is edited; undefined while one is created. */
  edited = $state.raw<Subaccount | undefined>(undefined);
  busy = $state(false);
  problem = $state.raw<Problem | null>(null);

  #calls: SubaccountCalls;
  #created: (subaccount: Subaccount) => void;

  /** `created` is told of a new subaccount once it is there. */
  constructor(calls: SubaccountCalls, created: (subaccount: Subaccount) => void) {
    this.#calls = calls;
    this.#created = created;
  }

  create(): void {
    this.#show(undefined);
  }

  edit(subaccount: Subaccount): void {
    this.#show(subaccount);
  }

  close(): void {
    this.open = false;
  }

  /** Saves under a name; of the settings what is another than before. The dialog stays open when something is refused. */
  async save(name: string, settings: Partial<SubaccountSettings> = {}): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      const { edited } = this;
      if (edited !== undefined) {
        const { notify, keepDeleted, hours, fetch } = { ...edited, ...settings };
        await this.#calls.renameSubaccount(edited.id, name);
        if (notify !== edited.notify) await this.#calls.notifySubaccount(edited.id, notify);
        if (keepDeleted !== edited.keepDeleted) await this.#calls.keepDeleted(edited.id, keepDeleted);
        if (fetch !== edited.fetch) await this.#calls.setFetchPolicy(edited.id, fetch);
        if (hours !== edited.hours) await this.#calls.setBusinessHours(edited.id, hours);
      } else this.#created(await this.#calls.createSubaccount(name));
      this.open = false;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  #show(edited: Subaccount | undefined): void {
    this.edited = edited;
    this.problem = null;
    this.open = true;
  }
}
