import type { Message, Problem, Remarks, TakenBack, Version } from "../api/types";
import { problemOf } from "../api/problem";

/** What is asked of the engine about single messages. */
export interface MessageCalls {
  fullText(message: number): Promise<string>;
  retry(message: number): Promise<Message>;
  cancel(message: number): Promise<TakenBack>;
  sendNow(message: number): Promise<Message>;
  versions(message: number): Promise<Version[]>;
  remarks(message: number): Promise<Remarks>;
}

/** What can be done with each message of a thread. */
export class MessageDeeds {
  /** Why a message could not be tried again or cancelled, by its id. */
  refusals = $state.raw<ReadonlyMap<number, Problem>>(new Map());
  /** The whole of texts that are shown cut, by the message's id, as far as they were asked for. */
  texts = $state.raw<ReadonlyMap<number, string>>(new Map());

  #calls: MessageCalls;

  constructor(calls: MessageCalls) {
    this.#calls = calls;
  }

  /** Gets the whole text of a message. Undefined when it could not be read; the message says why. */
  async wholeText(message: Message): Promise<string | undefined> {
    const known = message.long ? this.texts.get(message.id) : message.text;
    if (known !== undefined) return known;
    this.#refuse(message.id, undefined);
    try {
      const text = await this.#calls.fullText(message.id);
      this.texts = new Map(this.texts).set(message.id, text);
      return text;
    } catch (error) {
      this.#refuse(message.id, problemOf(error));
      return undefined;
    }
  }

  /** The texts that a message had before it was edited, oldest first. */
  versions(message: number): Promise<Version[]> {
    return this.#calls.versions(message);
  }

  /** Who put what on a message. */
  remarks(message: number): Promise<Remarks> {
    return this.#calls.remarks(message);
  }

  /** Tries a failed message again. */
  async retry(message: number): Promise<void> {
    await this.#act(message, () => this.#calls.retry(message));
  }

  /** Sends a message before its time. */
  async sendNow(message: number): Promise<void> {
    await this.#act(message, () => this.#calls.sendNow(message));
  }

  /** Takes back a message that has not gone yet. Undefined when it was too late; the message says so. */
  cancel(message: number): Promise<TakenBack | undefined> {
    return this.#act(message, () => this.#calls.cancel(message));
  }

  async #act<T>(message: number, call: () => Promise<T>): Promise<T | undefined> {
    this.#refuse(message, undefined);
    try {
      return await call();
    } catch (error) {
      this.#refuse(message, problemOf(error));
      return undefined;
    }
  }

  #refuse(message: number, problem: Problem | undefined): void {
    const refusals = new Map(this.refusals);
    if (problem === undefined) refusals.delete(message);
    else refusals.set(message, problem);
    this.refusals = refusals;
  }
}
