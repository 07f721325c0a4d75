import { describe, expect, it } from "vitest";

import { pictureBox } from "./pictureBox";

describe("the box of a picture", () => {
  it("keeps the proportions and fits into a bubble", () => {
    expect(pictureBox(1600, 1200)).toEqual({ width: 320, height: 240 });
    expect(pictureBox(1200, 1600)).toEqual({ width: 264, height: 352 });
  });

  it("is never a sliver, nor nothing", () => {
    expect(pictureBox(1, 1_000_000)).toEqual({ width: 176, height: 352 });
    expect(pictureBox(1_000_000, 1)).toEqual({ width: 320, height: 128 });
    expect(pictureBox(0, 0)).toEqual({ width: 320, height: 240 });
    expect(pictureBox(-5, 7)).toEqual({ width: 320, height: 240 });
  });
});
