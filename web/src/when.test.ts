import { describe, expect, it } from "vitest";

import { briefly, dayOf, secondsUntil, timeOf, timeOfId } from "./when";

const now = new Date(2026, 5, 15, 12, 0);
const at = (day: number, hour = 9) => new Date(2026, 5, day, hour).toISOString();

describe("times", () => {
  it("are told by the day they fall on, not by hours passed", () => {
    const lateYesterday = at(14, 23);
    expect(dayOf(at(15, 0), now)).toMatch(/^Today$/i);
    expect(dayOf(lateYesterday, now)).toMatch(/^Yesterday$/i);
    expect(dayOf(at(12), now)).toContain("2026");
  });

  it("are told as briefly as possible in lists", () => {
    expect(briefly(at(15), now)).toBe(timeOf(at(15)));
    expect(briefly(at(14), now)).toBe("yesterday");
    expect(briefly(at(3), now)).not.toContain("2026");
    expect(briefly(new Date(2024, 1, 1).toISOString(), now)).toContain("2024");
  });

  it("are counted down to in whole seconds, never below 0", () => {
    const left = (later: number) => secondsUntil(at(15), Date.parse(at(15)) + later);
    expect([-13_000, -12_999, -1, 0, 5000].map(left)).toEqual([13, 13, 1, 0, 0]);
  });

  it("are read from version 7 ids only", () => {
    expect(timeOfId("017f22e2-79b0-7cc3-98c4-dc0c0c07398f")).toBe("2022-02-22T19:22:22.000Z");
    expect(timeOfId("017f22e2-79b0-4cc3-98c4-dc0c0c07398f")).toBeNull();
    expect(timeOfId("seven")).toBeNull();
  });
});
