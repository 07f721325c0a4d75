/** How fast recordings can be played. */
export const RATES = [1, 1.5, 2] as const;

/** Plays the recordings of messages, one at a time; one goes on while its bubble is out of view. */
export class Player {
  /** The message that is played, or was paused; 0: none. */
  message = $state(0);
  playing = $state(false);
  /** Seconds from the beginning. */
  position = $state(0);
  /** Seconds, as the recording itself says; 0 until it is known. */
  length = $state(0);
  rate = $state<(typeof RATES)[number]>(1);
  /** The message whose recording this computer can't play; 0: none. */
  failed = $state(0);

  #audio: HTMLAudioElement | undefined;

  /** Plays a recording from where it stands, or pauses it. `from` is where it begins if it was not the one played last, in seconds. */
  toggle(message: number, address: string, from = 0): void {
    if (this.message === message && this.playing) {
      this.#audio?.pause();
      return;
    }
    if (this.message !== message) this.#load(message, address, from);
    const audio = this.#audio;
    if (audio === undefined) return;
    audio.playbackRate = this.rate;
    // Being stopped before it began is no failure; that it can't be played is told by an event.
    audio.play().catch(() => undefined);
  }

  /** Goes to a place of the recording that is played, in seconds. */
  seek(seconds: number): void {
    if (this.#audio === undefined) return;
    this.#audio.currentTime = seconds;
    this.position = seconds;
  }

  /** Plays at the next of the speeds, from now on. */
  faster(): void {
    this.rate = RATES[(RATES.indexOf(this.rate) + 1) % RATES.length] ?? 1;
    if (this.#audio !== undefined) this.#audio.playbackRate = this.rate;
  }

  /** Stops what is played. */
  stop(): void {
    const audio = this.#audio;
    this.#audio = undefined;
    this.message = this.position = this.length = 0;
    this.playing = false;
    if (audio === undefined) return;
    audio.pause();
    audio.removeAttribute("src");
    audio.load();
  }

  #load(message: number, address: string, from: number): void {
    this.stop();
    const audio = new Audio();
    this.#audio = audio;
    this.message = message;
    this.position = from;
    this.failed = 0;
    const when = (event: string, act: () => void) =>
      audio.addEventListener(event, () => {
        if (this.#audio === audio) act();
      });
    when("playing", () => (this.playing = true));
    when("pause", () => (this.playing = false));
    when("timeupdate", () => (this.position = audio.currentTime));
    when("durationchange", () => (this.length = Number.isFinite(audio.duration) ? audio.duration : 0));
    when("loadedmetadata", () => {
      if (from > 0) audio.currentTime = from;
    });
    when("ended", () => {
      audio.currentTime = 0;
      this.position = 0;
    });
    when("error", () => {
      this.stop();
      this.failed = message;
    });
    audio.preload = "auto";
    audio.src = address;
  }
}
