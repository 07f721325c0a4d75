// @ts-check

/** How long anything may take that a test waits for, in milliseconds. Generous: the machine may be busy. */
export const patience = 20_000;

/**
 * A list that only grows, and whose readers can wait for an entry. What was there before counts too.
 * @template T
 */
export class Journal {
  /** @type {T[]} */
  entries = [];
  /** @type {Set<() => void>} */
  #waiting = new Set();

  /** @param {T} entry */
  add(entry) {
    this.entries.push(entry);
    for (const wake of [...this.#waiting]) wake();
  }

  /**
   * The first entry from an index on that fits.
   * @param {string} what for the error
   * @param {(entry: T) => boolean} fits
   * @param {number} [from]
   * @param {number} [limit] how long to wait, in milliseconds
   * @returns {Promise<T>}
   */
  async find(what, fits, from = 0, limit = patience) {
    const found = () => this.entries.slice(from).find(fits);
    return /** @type {Promise<T>} */ (this.#until(what, found, limit));
  }

  /**
   * @template R
   * @param {string} what
   * @param {() => R | undefined} look
   * @param {number} limit
   * @returns {Promise<R>}
   */
  #until(what, look, limit) {
    return new Promise((resolve, reject) => {
      const finish = () => {
        clearTimeout(timer);
        this.#waiting.delete(wake);
      };
      const timer = setTimeout(() => {
        finish();
        reject(new Error(`waited ${limit / 1000} s for ${what}`));
      }, limit);
      const wake = () => {
        const result = look();
        if (result === undefined) return;
        finish();
        resolve(result);
      };
      this.#waiting.add(wake);
      wake();
    });
  }
}

/**
 * Asks again and again until the answer is what is wanted: for a process that cannot call back.
 * @template T
 * @param {string} what for the error
 * @param {() => Promise<T>} ask
 * @param {(answer: T) => boolean} fits
 * @returns {Promise<T>}
 */
export async function eventually(what, ask, fits) {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await ask();
    if (fits(answer)) return answer;
    if (Date.now() > deadline)
      throw new Error(`waited ${patience / 1000} s for ${what}, last: ${JSON.stringify(answer)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}
