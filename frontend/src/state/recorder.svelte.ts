import { recordingForm, waveformOf } from "../lib/recording";

/** How often the length is counted, in milliseconds. */
const TICK_MS = 200;

/** Where a recording stands. */
export type RecorderState = "idle" | "asking" | "recording" | "paused" | "ready" | "sending";

/** A voice note that is being recorded. The microphone is taken when it begins and let go of when it ends. */
export class Recorder {
  state = $state<RecorderState>("idle");
  /** How long it is, in whole seconds. */
  seconds = $state(0);
  /** An address of what was recorded within this page; "" until it is ready. */
  url = $state("");
  /** Why it did not work: "refused" by the system or the person, or "failed". */
  problem = $state<"refused" | "failed" | "">("");
  /** The form in which this page records; undefined where it can't. */
  readonly form = recordingForm();

  #send: (file: File, waveform: number[]) => Promise<void>;
  #recorder: MediaRecorder | undefined;
  #recorded: Blob | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;
  #passed = 0;
  #since = 0;
  // Each recording has a number, so that what is left of one that was given up is dropped.
  #turn = 0;

  /** `send` sends what was recorded; it rejects when that is refused. */
  constructor(send: (file: File, waveform: number[]) => Promise<void>) {
    this.#send = send;
  }

  get active(): boolean {
    return this.state !== "idle";
  }

  /** Takes the microphone and begins. */
  async start(): Promise<void> {
    if (this.form === undefined || this.active) return;
    const turn = ++this.#turn;
    this.state = "asking";
    this.problem = "";
    let stream: MediaStream;
    try {
      stream = await navigator.mediaDevices.getUserMedia({
        audio: { channelCount: 1, echoCancellation: true, noiseSuppression: true },
      });
    } catch {
      if (turn === this.#turn) this.#reset("refused");
      return;
    }
    if (turn !== this.#turn) {
      letGo(stream);
      return;
    }
    this.#begin(stream, turn, this.form);
  }

  /** Holds the recording, or goes on with it. */
  pause(): void {
    if (this.state === "recording") {
      this.#recorder?.pause();
      this.#count();
      clearInterval(this.#timer);
      this.state = "paused";
    } else if (this.state === "paused") {
      this.#recorder?.resume();
      this.#run();
      this.state = "recording";
    }
  }

  /** Ends the recording, so that it can be listened to. */
  async stop(): Promise<void> {
    const recorder = this.#recorder;
    if (recorder === undefined || recorder.state === "inactive") return;
    if (this.state === "recording") this.#count();
    clearInterval(this.#timer);
    await new Promise<void>((resolve) => {
      recorder.addEventListener("stop", () => resolve(), { once: true });
      recorder.stop();
    });
  }

  /** Sends it, from wherever it stands. */
  async send(): Promise<void> {
    const turn = this.#turn;
    await this.stop();
    const recorded = this.#recorded;
    if (turn !== this.#turn || this.state !== "ready" || recorded === undefined) return;
    this.state = "sending";
    try {
      await this.#send(new File([recorded], "voice", { type: recorded.type }), await waveformOf(recorded));
      if (turn === this.#turn) this.#reset("");
    } catch {
      if (turn !== this.#turn) return;
      this.state = "ready";
      this.problem = "failed";
    }
  }

  /** Throws it away. */
  cancel(): void {
    this.#turn++;
    if (this.#recorder !== undefined && this.#recorder.state !== "inactive") this.#recorder.stop();
    this.#reset("");
  }

  #begin(stream: MediaStream, turn: number, form: string): void {
    const parts: Blob[] = [];
    const recorder = new MediaRecorder(stream, { mimeType: form, audioBitsPerSecond: 32_000 });
    recorder.addEventListener("dataavailable", ({ data }) => parts.push(data));
    recorder.addEventListener("stop", () => {
      letGo(stream);
      if (turn !== this.#turn) return;
      this.#recorded = new Blob(parts, { type: form });
      this.url = URL.createObjectURL(this.#recorded);
      this.state = "ready";
    });
    this.#recorder = recorder;
    this.#passed = 0;
    recorder.start();
    this.#run();
    this.state = "recording";
  }

  #run(): void {
    this.#since = performance.now();
    this.#timer = setInterval(() => this.#count(), TICK_MS);
  }

  #count(): void {
    const now = performance.now();
    this.#passed += now - this.#since;
    this.#since = now;
    this.seconds = Math.floor(this.#passed / 1000);
  }

  #reset(problem: "refused" | "failed" | ""): void {
    clearInterval(this.#timer);
    if (this.url !== "") URL.revokeObjectURL(this.url);
    this.url = "";
    this.seconds = 0;
    this.#recorder = undefined;
    this.#recorded = undefined;
    this.problem = problem;
    this.state = "idle";
  }
}

function letGo(stream: MediaStream): void {
  stream.getTracks().forEach((track) => track.stop());
}
