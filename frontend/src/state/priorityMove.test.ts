import { describe, expect, it } from "vitest";
import { sampleDevice } from "../test/samples";
import { PriorityMove } from "./priorityMove.svelte";

const device = sampleDevice({ subaccount: 1, priority: "medium" });

describe("moving a device to another priority", () => {
  it("is dropped where it is held, within its subaccount", () => {
    const move = new PriorityMove();
    move.lift(device);
    move.over(1, "low");
    move.over(2, "high");
    expect(move.target).toBe("low");
    expect(move.drop()).toEqual({ device, priority: "low" });
    expect(move.device).toBeNull();
  });

  it("wants nothing when it is back where it was, or was put back", () => {
    const move = new PriorityMove();
    move.lift(device);
    move.step(-1);
    move.step(1);
    expect(move.drop()).toBeUndefined();
    move.lift(device);
    move.step(1);
    move.cancel();
    expect(move.drop()).toBeUndefined();
  });

  it("ends at the highest and the lowest", () => {
    const move = new PriorityMove();
    move.lift(device);
    for (let n = 0; n < 5; n++) move.step(-1);
    expect(move.target).toBe("high");
    for (let n = 0; n < 5; n++) move.step(1);
    expect(move.target).toBe("low");
  });
});
