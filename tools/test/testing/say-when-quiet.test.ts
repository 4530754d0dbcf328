import { afterEach, beforeEach, expect, jest, test } from "@jest/globals";
import { sayWhenQuiet } from "../../src/testing/say-when-quiet.ts";

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

test("after each while without a line it says what runs, until it is over", () => {
  const lines: string[] = [];
  const speaker = sayWhenQuiet(
    (line) => lines.push(line),
    () => ["still at it"],
    1000,
  );
  jest.advanceTimersByTime(900);
  speaker.say("news");
  jest.advanceTimersByTime(900);
  expect(lines).toEqual(["news"]);
  jest.advanceTimersByTime(1200);
  expect(lines).toEqual(["news", "still at it", "still at it"]);
  speaker[Symbol.dispose]();
  jest.advanceTimersByTime(5000);
  expect(lines).toHaveLength(3);
});
