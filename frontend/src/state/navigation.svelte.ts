/** The views, in the order of the header and of Ctrl 1, 2, 3. */
export const VIEWS = ["fleet", "inbox", "settings"] as const;

export type View = (typeof VIEWS)[number];

/** Where somebody is: a view, the subaccount in focus (0: all), and in the fleet the device whose page is open (0: none). */
export interface Place {
  view: View;
  subaccount: number;
  device: number;
}

/** The parts of a window that keep where somebody is. */
export interface History {
  readonly location: { readonly hash: string };
  readonly history: {
    pushState(data: unknown, unused: string, url: string): void;
    replaceState(data: unknown, unused: string, url: string): void;
    back(): void;
  };
  addEventListener(type: "popstate", listener: () => void): void;
  removeEventListener(type: "popstate", listener: () => void): void;
}

/** Reads a place from an address: "#/3/fleet/7" is the page of device 7, of subaccount 3. Undefined if it names none. */
export function placeOf(hash: string): Place | undefined {
  const parts = /^#\/(\d{1,15})\/([a-z]+)(?:\/(\d{1,15}))?$/.exec(hash);
  const view = VIEWS.find((known) => known === parts?.[2]);
  if (parts === null || view === undefined) return undefined;
  return { view, subaccount: Number(parts[1]), device: view === "fleet" ? Number(parts[3] ?? 0) : 0 };
}

/** The address of a place. */
export function hashOf({ view, subaccount, device }: Place): string {
  return `#/${subaccount}/${view}${device === 0 ? "" : `/${device}`}`;
}

/** Where somebody is, kept in the window's history so that Back works and a reload comes back to it. */
export class Navigation {
  place = $state.raw<Place>({ view: "fleet", subaccount: 0, device: 0 });
  #window: History;
  #settled: boolean;
  // Whose fleet a device's page was opened from; undefined when it was not opened from there.
  #origin: number | undefined;

  constructor(window: History) {
    this.#window = window;
    const place = placeOf(window.location.hash);
    this.#settled = place !== undefined;
    if (place !== undefined) this.place = place;
  }

  /** Follows Back and Forward. The function returned stops it. */
  follow(): () => void {
    const back = () => {
      const place = placeOf(this.#window.location.hash);
      if (place !== undefined) this.place = place;
    };
    this.#window.addEventListener("popstate", back);
    return () => this.#window.removeEventListener("popstate", back);
  }

  /** Says where to begin, unless the address said so already. */
  begin(place: Place): void {
    if (this.#settled) return;
    this.#settled = true;
    this.place = place;
    this.#window.history.replaceState(null, "", hashOf(place));
  }

  /** Goes to a view of the subaccount in focus. */
  show(view: View): void {
    this.#go({ ...this.place, view, device: 0 });
  }

  /** Puts a subaccount in focus, 0 for all; the view stays, a device's page does not. */
  focus(subaccount: number): void {
    this.#go({ ...this.place, subaccount, device: 0 });
  }

  /** Opens the page of a device, in its subaccount. */
  openDevice(target: { subaccount: number; device: number }): void {
    const { view, subaccount, device } = this.place;
    if (device === 0) this.#origin = view === "fleet" ? subaccount : undefined;
    this.#go({ view: "fleet", subaccount: target.subaccount, device: target.device });
  }

  /** From a device's page back to the fleet that it was opened from. */
  closeDevice(): void {
    this.#go({ ...this.place, subaccount: this.#origin ?? this.place.subaccount, device: 0 });
  }

  #go(place: Place): void {
    this.#settled = true;
    if (hashOf(place) === hashOf(this.place)) return;
    this.place = place;
    this.#window.history.pushState(null, "", hashOf(place));
  }
}
