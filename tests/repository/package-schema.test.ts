import { describe, expect, test } from "@jest/globals";
import { parse } from "yaml";
import { z } from "zod";
import { readSource } from "../support/source-files.ts";

const Property = z.object({ description: z.string().optional() }).loose();
const Schema = z.object({
  resources: z.record(
    z.string(),
    z.object({
      description: z.string(),
      inputProperties: z.record(z.string(), Property),
      requiredInputs: z.array(z.string()),
      properties: z.record(z.string(), Property),
    }),
  ),
});
const { resources } = Schema.parse(JSON.parse(readSource("provider/schema.json")));

describe.each(Object.entries(resources))(
  "%s in the schema of the plugin",
  (_token, { inputProperties, requiredInputs }) => {
    test("describes every input", () => {
      const silent = Object.entries(inputProperties).filter(([, { description }]) => !description);
      expect(silent.map(([name]) => name)).toEqual([]);
    });

    test("requires only what it has", () => {
      expect(requiredInputs.filter((name) => inputProperties[name] === undefined)).toEqual([]);
    });
  },
);

const Program = z.object({
  resources: z.record(z.string(), z.object({ type: z.string(), properties: z.record(z.string(), z.unknown()) })),
});

test("the YAML example declares what the schema knows", () => {
  const program = Program.parse(parse(readSource("examples/yaml/Pulumi.yaml")));
  for (const { type, properties } of Object.values(program.resources)) {
    // `arcfleet:Type` is how YAML programs write `arcfleet:index:Type`.
    const known = resources[type.replace(":", ":index:")];
    expect(Object.keys(known?.inputProperties ?? {})).toEqual(expect.arrayContaining(Object.keys(properties)));
    expect(Object.keys(properties)).toEqual(expect.arrayContaining(known?.requiredInputs ?? [type]));
  }
});
