import { problemOf } from "../api/problem";
import type { NotifySwitch, Problem, Subaccount } from "../api/types";

/** What the dialog asks of the engine. */
export interface SubaccountCalls {
  createSubaccount(name: string): Promise<Subaccount>;
  renameSubaccount(id: number, name: string): Promise<Subaccount>;
  notifySubaccount(id: number, notify: NotifySwitch): Promise<Subaccount>;
}

/** The dialog that creates or renames a subaccount. */
export class SubaccountDialog {
  open = $state(false);
  /** Which one is renamed; undefined while one is created. */
  renamed = $state.raw<Subaccount | undefined>(undefined);
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

  rename(subaccount: Subaccount): void {
    this.#show(subaccount);
  }

  close(): void {
    this.open = false;
  }

  /** Saves under a name, with the switch of its notifications. The dialog stays open when it is refused. */
  async save(name: string, notify: NotifySwitch = ""): Promise<void> {
    this.busy = true;
    this.problem = null;
    try {
      const { renamed } = this;
      if (renamed !== undefined) {
        await this.#calls.renameSubaccount(renamed.id, name);
        if (notify !== renamed.notify) await this.#calls.notifySubaccount(renamed.id, notify);
      } else this.#created(await this.#calls.createSubaccount(name));
      this.open = false;
    } catch (error) {
      this.problem = problemOf(error);
    } finally {
      this.busy = false;
    }
  }

  #show(renamed: Subaccount | undefined): void {
    this.renamed = renamed;
    this.problem = null;
    this.open = true;
  }
}
