import { types } from "@arcfleet/contract";
import { kindOf, recordValueOf, structShapeOf, unwrap } from "@arcfleet/provider/lifecycle";
import { describe, expect, test } from "@jest/globals";
import { z } from "zod";
import { exportedTypes, type TypeProperty } from "../support/type-properties.ts";

/** Writable properties that are no inputs of the class, and why. */
const followed: Readonly<Record<string, string>> = {
  "fluxConfiguration.sourceKind": "follows from the source that is given",
  "extensionType.versions.chartDigest": "follows from the chart that is given",
};

/** What the service tells and neither the class nor a look-up shows, and why. */
const untold: Readonly<Record<string, string>> = {
  "sourceControlConfiguration.complianceStatus": "changes by itself, and the type is there to be left: a GET tells it",
  "roleAssignment.createdOn": "nobody's program depends on it",
  "roleAssignment.updatedOn": "an assignment is never updated",
  "roleAssignment.createdBy": "nobody's program depends on it",
  "roleAssignment.updatedBy": "an assignment is never updated",
};

const sdk = exportedTypes("sdk/src/index.ts");
const typeNamed = (name: string): readonly TypeProperty[] => sdk.get(name) ?? [];
const namesOf = (properties: readonly TypeProperty[]): string[] => properties.map(({ name }) => name);
const pascal = (key: string): string => key.charAt(0).toUpperCase() + key.slice(1);
const keys = Object.keys(types) as (keyof typeof types)[];

/** The named fields in a schema: its own, those of a list's elements, or those of a map's entries. */
function fieldsOf(schema: z.core.$ZodType): Readonly<Record<string, z.core.$ZodType>> {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodArray) return fieldsOf(inner.def.element);
  const value = recordValueOf(inner);
  return value === undefined ? (structShapeOf(inner) ?? {}) : fieldsOf(value);
}

/** `path: what is wrong` for every field of a schema that the type does not offer, or does not explain. */
function gaps(
  fields: Readonly<Record<string, z.core.$ZodType>>,
  offered: readonly TypeProperty[],
  at: string,
): string[] {
  return Object.entries(fields).flatMap(([name, schema]) => {
    const path = `${at}.${name}`;
    if (followed[path] !== undefined) return [];
    const found = offered.find((property) => property.name === name && property.text !== "");
    if (found === undefined) return [`${path}: is no input, or has no comment`];
    const unsaid = found.isOptional && found.defaultText === undefined ? [`${path}: has no @default`] : [];
    return [...unsaid, ...gaps(fieldsOf(schema), found.properties, path)];
  });
}

describe.each(keys)("%s in the SDK", (key) => {
  const kind = kindOf(key);
  const args = typeNamed(`${pascal(key)}Args`);
  const fields = Object.fromEntries(kind.properties.map((name) => [name, kind.inputs.shape[name] ?? z.unknown()]));

  test("takes every writable property of the contract, nested ones too, and says what each means and its default", () => {
    expect(gaps(fields, args, key)).toEqual([]);
  });

  test("says of each of its inputs whether a change updates or replaces, as it is", () => {
    const inputs = [...kind.properties, ...Object.keys(kind.place.inputs)].filter(
      (name) => !followed[`${key}.${name}`],
    );
    const said = (name: string) => {
      const text = args.find((property) => property.name === name)?.text ?? "";
      return /Changing this[^.]* replaces/.test(text)
        ? "replaces"
        : /Changing this[^.]* (updates|upgrades)/.test(text)
          ? "updates"
          : "nothing";
    };
    const wrong = inputs.map((name) => ({
      name,
      said: said(name),
      is: kind.replaces.has(name) ? "replaces" : "updates",
    }));
    expect(wrong.filter(({ said, is }) => said !== is)).toEqual([]);
  });

  test("explains every input, and the default of each that may be left out", () => {
    const silent = args.filter(
      ({ text, isOptional, defaultText }) => text === "" || (isOptional && defaultText === undefined),
    );
    expect(namesOf(silent)).toEqual([]);
  });

  test("shows everything that the service tells: as an output, or, what changes by itself, in a look-up", () => {
    const shown = [...namesOf(typeNamed(pascal(key))), ...namesOf(typeNamed(`${pascal(key)}Info`))];
    const told = Object.keys(types[key].output.shape).filter((name) => !untold[`${key}.${name}`]);
    expect(told.filter((name) => !shown.includes(name))).toEqual([]);
  });
});

test("the exceptions are about something that exists", () => {
  const known = keys.flatMap((key) => [
    ...Object.keys(types[key].properties.shape).map((name) => `${key}.${name}`),
    ...Object.keys(types[key].output.shape).map((name) => `${key}.${name}`),
  ]);
  const stale = [...Object.keys(followed), ...Object.keys(untold)].filter(
    (path) => !known.includes(path.split(".").slice(0, 2).join(".")),
  );
  expect(stale).toEqual([]);
});
