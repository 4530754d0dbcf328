import { builtinModules } from "node:module";
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "@jest/globals";
import ts from "typescript";
import { readSource, typescriptFiles } from "../support/source-files.ts";

/**
 * Which packages of this repository a package may import, and why not more:
 *
 *     examples -> sdk -> provider -> contract <- control-plane <- cli (-> provider, for `export`)
 *                                       ^-- agents                        tests, tools -> all of them
 */
const arrows: Readonly<Record<string, { readonly may: readonly string[]; readonly because: string }>> = {
  contract: { may: [], because: "contract is what all parts agree on: pure data and functions below everything else" },
  helm: { may: ["contract"], because: "helm is the seam to the helm program and knows nothing of who uses it" },
  provider: {
    may: ["contract", "helm"],
    because: "provider and control plane meet only over HTTP, and the SDK is above the provider",
  },
  sdk: {
    may: ["contract", "helm", "provider"],
    because:
      "the SDK is what users import; it reaches clusters through the provider, and packs charts to name them by digest",
  },
  "control-plane": {
    may: ["contract", "helm"],
    because:
      "the control plane never dials into a cluster and never sees Pulumi; it reads charts with the code that packs them",
  },
  cli: {
    may: ["contract", "control-plane", "provider"],
    because:
      "the command line starts the control plane, and asks one as the provider does: what `export` writes must be what the provider adopts",
  },
  agents: { may: ["contract", "helm"], because: "agents meet the control plane only over HTTP and never see Pulumi" },
  examples: { may: ["sdk"], because: "an example shows what a user writes, and a user has only the SDK" },
};

/** Packages from outside that a package must not load. */
const foreign: Readonly<Record<string, { readonly refuse: RegExp; readonly because: string }>> = {
  contract: { refuse: /^(?!zod$|zod\/)/, because: "contract imports only the schema library" },
  "control-plane": { refuse: /^@pulumi\//, because: "the control plane never sees Pulumi" },
  agents: { refuse: /^@pulumi\//, because: "agents never see Pulumi" },
  cli: { refuse: /^@pulumi\//, because: "the command line of the control plane never sees Pulumi" },
};

interface Import {
  readonly file: string;
  readonly specifier: string;
}

/** Sources only: a package's tests may use whatever proves it. */
const sources = typescriptFiles().filter(
  (path) => /^[^/]+\/src\//.test(path) || /^examples\/(?!.*\/test\/)/.test(path),
);

const imports: readonly Import[] = sources.flatMap((file) =>
  ts.preProcessFile(readSource(file), true, true).importedFiles.map(({ fileName }) => ({ file, specifier: fileName })),
);

const packageOf = (file: string): string => file.split("/")[0] ?? "";
const show = ({ file, specifier }: Import): string => `${file} imports ${specifier}`;
const ours = /^@arcfleet\/([^/]+)/;
const isOutside = (specifier: string): boolean => !/^(\.|node:|@arcfleet\/)/.test(specifier);

describe.each(Object.entries(arrows))("%s", (name, { may, because }) => {
  const own = imports.filter(({ file }) => packageOf(file) === name);

  test(`imports no more of this repository than it may, because ${because}`, () => {
    const allowed = new Set([name, ...may]);
    const wrong = own.filter(({ specifier }) => {
      const target = ours.exec(specifier)?.[1];
      return target !== undefined && !allowed.has(target);
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test("reaches other packages by their name, never by a path out of its own folder", () => {
    const wrong = own.filter(({ file, specifier }) => {
      if (!specifier.startsWith(".")) return false;
      return packageOf(normalize(join(dirname(file), specifier))) !== name;
    });
    expect(wrong.map(show)).toEqual([]);
  });

  test("writes the scheme of Node's own modules", () => {
    const bare = own.filter(({ specifier }) => !specifier.startsWith("node:") && builtinModules.includes(specifier));
    expect(bare.map(show)).toEqual([]);
  });
});

test.each(Object.entries(foreign))("%s loads only what belongs there", (name, { refuse, because }) => {
  const wrong = imports.filter(
    ({ file, specifier }) => packageOf(file) === name && isOutside(specifier) && refuse.test(specifier),
  );
  expect(wrong.map((one) => `${show(one)}, but ${because}`)).toEqual([]);
});

test("every package with sources has a rule", () => {
  const free = new Set(["tools", "tests"]);
  const names = new Set(sources.map(packageOf).filter((name) => !free.has(name)));
  expect([...names].filter((name) => arrows[name] === undefined)).toEqual([]);
});

test.each(["control-plane", "sdk"])("%s takes of helm what reads charts, and never runs the program", (name) => {
  const wrong = imports.filter(({ file, specifier }) => packageOf(file) === name && specifier === "@arcfleet/helm");
  expect(wrong.map(show)).toEqual([]);
});

test("only tests and tools import tests and tools", () => {
  const wrong = imports.filter(
    ({ file, specifier }) =>
      !["tests", "tools"].includes(packageOf(file)) && /^@arcfleet\/(tests|tools)(\/|$)/.test(specifier),
  );
  expect(wrong.map(show)).toEqual([]);
});

/** Inside the service: http -> operations -> db, with the hooks of resources called by operations. Never back up. */
const layers: Readonly<Record<string, readonly string[]>> = {
  db: ["http", "operations", "resources", "data-plane", "identity"],
  operations: ["http"],
  resources: ["http"],
};

test.each(Object.entries(layers))("control-plane/src/%s imports nothing from the layers above it", (layer, above) => {
  const wrong = imports.filter(({ file, specifier }) => {
    if (!file.startsWith(`control-plane/src/${layer}/`) || !specifier.startsWith(".")) return false;
    const target = normalize(join(dirname(file), specifier));
    return above.some((one) => target.startsWith(`control-plane/src/${one}/`));
  });
  expect(wrong.map(show)).toEqual([]);
});
