// State that a release wrote must be readable for good. When a release changes what it writes, save a state of it beside the others
// (`pulumi stack export`, secrets replaced); never change one that is there.
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { registry } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";

const Saved = z.array(
  z.object({
    type: z.string(),
    id: z.string(),
    inputs: z.looseObject({ __provider: z.string() }),
    outputs: z.looseObject({ __provider: z.string() }),
  }),
);

const Provider = z.object({
  check: z.function({
    input: [z.unknown(), z.unknown()],
    output: z.promise(z.object({ failures: z.array(z.unknown()) })),
  }),
  diff: z.function({
    input: [z.string(), z.unknown(), z.unknown()],
    output: z.promise(z.object({ changes: z.boolean().optional(), replaces: z.array(z.string()) })),
  }),
});

const folder = new URL("./states/", import.meta.url);

/** Runs the text that the state carries, as the engine does: for a refresh and a deletion it has nothing else. */
function providerOf(text: string): z.output<typeof Provider> {
  const module = { exports: z.looseObject({}).parse({}) };
  new Function("exports", "require", text)(module.exports, createRequire(import.meta.url));
  const { handler } = z.object({ handler: z.function({ input: [], output: Provider }) }).parse(module.exports);
  return handler();
}

describe.each(readdirSync(folder))("the state that %s", (file) => {
  const saved = Saved.parse(JSON.parse(readFileSync(new URL(file, folder), "utf8")));

  test("holds every type", () => {
    const classes = Object.keys(registry).map(
      (key) => `pulumi-nodejs:dynamic/arcfleet:${key[0]?.toUpperCase()}${key.slice(1)}`,
    );
    expect(saved.map(({ type }) => type)).toEqual(expect.arrayContaining(classes));
  });

  test.each(saved)("$type: has inputs that are still valid, and shows no change", async ({ id, inputs, outputs }) => {
    const provider = providerOf(outputs.__provider);
    expect(await provider.check({}, inputs)).toMatchObject({ failures: [] });
    expect(await provider.diff(id, outputs, inputs)).toMatchObject({ changes: false, replaces: [] });
  });

  // A gate is no record: another name is only another word.
  const records = saved.filter(({ type }) => !type.endsWith(":RolloutGate"));
  test.each(records)("$type: still shows a changed name as a replacement", async ({ id, inputs, outputs }) => {
    const provider = providerOf(outputs.__provider);
    expect(await provider.diff(id, outputs, { ...inputs, name: "other" })).toMatchObject({ replaces: ["name"] });
  });
});
