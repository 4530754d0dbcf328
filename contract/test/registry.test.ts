import { definitions, findDefinition, fullType } from "@arcfleet/contract";
import { describe, expect, test } from "@jest/globals";

describe.each(definitions.map((definition) => [fullType(definition), definition] as const))(
  "%s",
  (type, definition) => {
    test("its smallest example is valid", () => {
      expect(definition.properties.safeParse(definition.example.properties)).toMatchObject({ success: true });
    });

    test("reading its own answer back changes nothing", () => {
      const once = definition.properties.parse(definition.example.properties);
      expect(definition.properties.parse(once)).toEqual(once);
    });

    test("the provider speaks one of its api-versions, and a stable one comes first", () => {
      expect(definition.apiVersions).toContain(definition.providerApiVersion);
      expect(definition.apiVersions[0]).not.toMatch(/preview/);
    });

    test("it is found in any case", () => {
      expect(findDefinition(type.toUpperCase())).toBe(definition);
    });

    test("the paths of fixed and secret fields exist", () => {
      for (const path of [...definition.createOnly, ...definition.secrets]) {
        expect(Object.keys(definition.properties.shape)).toContain(path.split(".")[0]);
      }
    });
  },
);
