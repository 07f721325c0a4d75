// @ts-check
import { BufferJSON, initAuthCreds, proto } from "baileys";

/**
 * What a linked device remembers between two runs. Every value is kept as text, as a client on disk keeps it, so that what
 * survives a reconnect is what was really saved.
 */
export class Session {
  #creds = initAuthCreds();
  /** @type {Map<string, string>} */
  #keys = new Map();

  /** What the client library asks for when it connects. @returns {import("baileys").AuthenticationState} */
  load() {
    const creds = JSON.parse(JSON.stringify(this.#creds, BufferJSON.replacer), BufferJSON.reviver);
    return { creds, keys: { get: (type, ids) => this.#get(type, ids), set: (data) => this.#set(data) } };
  }

  /** @param {import("baileys").AuthenticationCreds} creds */
  save(creds) {
    this.#creds = creds;
  }

  /**
   * @template {keyof import("baileys").SignalDataTypeMap} T
   * @param {T} type
   * @param {string[]} ids
   */
  #get(type, ids) {
    /** @type {Record<string, import("baileys").SignalDataTypeMap[T]>} */
    const found = {};
    for (const id of ids) {
      const text = this.#keys.get(`${type}/${id}`);
      if (text === undefined) continue;
      const value = JSON.parse(text, BufferJSON.reviver);
      found[id] = type === "app-state-sync-key" ? proto.Message.AppStateSyncKeyData.fromObject(value) : value;
    }
    return found;
  }

  /** @param {import("baileys").SignalDataSet} data */
  #set(data) {
    for (const [type, values] of Object.entries(data)) {
      for (const [id, value] of Object.entries(values)) {
        if (value === null || value === undefined) this.#keys.delete(`${type}/${id}`);
        else this.#keys.set(`${type}/${id}`, JSON.stringify(value, BufferJSON.replacer));
      }
    }
  }
}
