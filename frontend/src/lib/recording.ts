/** How many values of loudness a voice note has. */
export const WAVEFORM = 64;

/** The forms in which a page may record Opus, the better one first. */
const FORMS = ["audio/ogg;codecs=opus", "audio/webm;codecs=opus"] as const;

/** The form in which this page records Opus; undefined where it can't. */
export function recordingForm(): string | undefined {
  const { MediaRecorder, navigator } = globalThis as Partial<typeof globalThis>;
  if (MediaRecorder === undefined || navigator?.mediaDevices === undefined) return undefined;
  return FORMS.find((form) => MediaRecorder.isTypeSupported(form));
}

/** The loudness of samples in equal parts of them, the loudest 100: what a voice note is drawn from. */
export function loudness(samples: Float32Array, parts = WAVEFORM): number[] {
  const out = new Array<number>(parts).fill(0);
  const length = samples.length / parts;
  for (let part = 0; part < parts; part++) {
    const from = Math.floor(part * length);
    const to = Math.min(samples.length, Math.max(from + 1, Math.floor((part + 1) * length)));
    let sum = 0;
    for (let at = from; at < to; at++) sum += (samples[at] ?? 0) ** 2;
    out[part] = to > from ? Math.sqrt(sum / (to - from)) : 0;
  }
  const most = Math.max(...out);
  return out.map((value) => (most === 0 ? 0 : Math.round((value / most) * 100)));
}

/** The waveform of a recording; all zero where this page can't read it. */
export async function waveformOf(recorded: Blob): Promise<number[]> {
  const sound = new AudioContext();
  try {
    const decoded = await sound.decodeAudioData(await recorded.arrayBuffer());
    return loudness(decoded.getChannelData(0));
  } catch {
    return loudness(new Float32Array());
  } finally {
    await sound.close();
  }
}
