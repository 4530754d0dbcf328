import { describe, expect, test } from "@jest/globals";
import { ArmRequestError } from "../../src/arm-client/error.ts";
import { saidOnce } from "../../src/hosting/said-once.ts";

/** What the plugin prints of an error, beside handing its message to the engine. */
const printed = (error: unknown): string => `${error}: ${error instanceof Error ? error.stack : ""}`;

const failWith = (error: Error) =>
  saidOnce("/the/id", async () => {
    throw error;
  }).catch((thrown: unknown) => thrown);

describe("an error of a refresh or a deletion", () => {
  test("that explains itself is printed without its text and stack, and keeps its message for the engine", async () => {
    const error = await failWith(new ArmRequestError("The control plane does not answer.", { code: "ECONNREFUSED" }));
    expect(printed(error)).toBe("/the/id: see the error of the resource");
    expect(error).toMatchObject({ message: "The control plane does not answer." });
  });

  test("that nobody expected keeps its stack", async () => {
    expect(printed(await failWith(new TypeError("x is undefined")))).toMatch(
      /TypeError: x is undefined[\s\S]*said-once\.test/,
    );
  });
});
