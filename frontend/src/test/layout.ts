import { vi } from "vitest";

const HEIGHT = 600;
const ROW = 40;

/** Gives the page of the tests a layout that virtual lists can measure: everything is 600 px high, rows are 40. */
export function layOut(): void {
  vi.stubGlobal(
    "ResizeObserver",
    class {
      #report: ResizeObserverCallback;
      constructor(report: ResizeObserverCallback) {
        this.#report = report;
      }
      observe(target: Element): void {
        const height = target.classList.contains("line") ? ROW : HEIGHT;
        const entry = { target, contentRect: { width: HEIGHT, height } } as ResizeObserverEntry;
        queueMicrotask(() => this.#report([entry], this as unknown as ResizeObserver));
      }
      unobserve(): void {
        // Nothing changes its size here.
      }
      disconnect(): void {
        // Nothing changes its size here.
      }
    },
  );
  Object.defineProperty(HTMLElement.prototype, "offsetParent", {
    configurable: true,
    get(this: HTMLElement) {
      return this.parentElement;
    },
  });
  Element.prototype.scrollTo ??= () => undefined;
}
