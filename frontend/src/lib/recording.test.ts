import { describe, expect, it } from "vitest";

import { loudness, WAVEFORM } from "./recording";

describe("loudness", () => {
  it("has a fixed number of values, the loudest 100", () => {
    const samples = Float32Array.from({ length: 48_000 }, (_, at) => (at < 24_000 ? 0.1 : 0.4) * Math.sin(at / 5));
    const values = loudness(samples);
    expect(values).toHaveLength(WAVEFORM);
    expect(Math.max(...values)).toBe(100);
    expect(values[0]).toBeGreaterThan(20);
    expect(values[0]).toBeLessThan(30);
    expect(values[63]).toBeGreaterThan(95);
  });

  it("is flat for silence, and for nothing", () => {
    expect(loudness(new Float32Array(1000))).toEqual(new Array(WAVEFORM).fill(0));
    expect(loudness(new Float32Array())).toEqual(new Array(WAVEFORM).fill(0));
    expect(loudness(Float32Array.of(0.5, -0.5), 4).every((value) => value >= 0)).toBe(true);
  });
});
