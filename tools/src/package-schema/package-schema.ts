import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { TypeKey } from "@arcfleet/contract";
import { hostedType } from "@arcfleet/provider";
import {
  hintInputs,
  kindOf,
  packageName,
  providerSettings,
  type ResourceShape,
  recordKeys,
  tokenOf,
  unwrap,
} from "@arcfleet/provider/package";
import { z } from "zod";
import { repositoryRoot } from "../setup/repository.ts";
import { type ObjectTypeSpec, type PropertySpec, requiredOf, TypeCollection } from "./named-types.ts";
import { readSdkDocs, type SdkDocs } from "./sdk-docs.ts";
import type { TypeSpec } from "./type-spec.ts";

interface ResourceSpec extends ObjectTypeSpec {
  readonly inputProperties: Properties;
  readonly requiredInputs: readonly string[];
}

type Properties = Readonly<Record<string, PropertySpec>>;

/** The schema of the plugin's package as JSON: types from the contract, words from the SDK. */
export async function packageSchema(): Promise<string> {
  const docs = readSdkDocs();
  const types = new TypeCollection(packageName, docs);
  const resources = Object.fromEntries(
    recordKeys.map((key) => [
      tokenOf(key),
      {
        ...resourceSpec(classNameOf(key), kindOf(key).shape, types, docs),
        // A stack that was made with the SDK goes on under the plugin.
        aliases: [{ type: hostedType(key).token }],
      },
    ]),
  );
  const { version, description } = await providerManifest();
  const settings = settingSpecs();
  const schema = {
    name: packageName,
    displayName: "arcfleet",
    version,
    description,
    keywords: ["pulumi", "kubernetes", "category/infrastructure"],
    license: "Apache-2.0",
    meta: { moduleFormat: "(.*)" },
    language: {
      csharp: { rootNamespace: "Pulumi", respectSchemaVersion: true },
      go: { respectSchemaVersion: true },
      nodejs: { respectSchemaVersion: true },
      python: { pyproject: { enabled: true }, respectSchemaVersion: true },
    },
    config: { variables: settings },
    provider: {
      description: "A control plane beside the one that the configuration of the stack names.",
      inputProperties: settings,
    },
    types: types.types,
    resources,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

function resourceSpec(className: string, shape: ResourceShape, types: TypeCollection, docs: SdkDocs): ResourceSpec {
  const inputs = mapFields(shape.inputs, (schema, key) => ({
    ...types.property(schema, [className, key]),
    ...(docs.takesResource(className, key) ? { description: byId(docs.ofArgument(className, [key])) } : {}),
    ...(shape.secrets.includes(key) ? { secret: true } : {}),
    ...(shape.replaces.has(key) ? { willReplaceOnChanges: true } : {}),
  }));
  const outputs = mapFields(shape.outputs, (schema, key) => ({
    ...outputType(schema, [className, key], types),
    description: docs.ofOutput(className, key),
  }));
  const requiredInputs = requiredOf(shape.inputs);
  return {
    type: "object",
    description: docs.ofClass(className),
    properties: { ...inputs, ...outputs },
    required: [...requiredInputs, ...requiredOf(shape.outputs)],
    inputProperties: {
      ...inputs,
      ...mapFields(hintInputs, (schema, key) => types.property(schema, [className, key])),
    },
    // A name that is not given is that of the Pulumi resource, or follows from the other inputs.
    requiredInputs: requiredInputs.filter((key) => key !== "name"),
  };
}

const classNameOf = (key: TypeKey): string => tokenOf(key).split(":").at(-1) ?? key;

const mapFields = (
  { shape }: z.ZodObject,
  specOf: (schema: z.core.$ZodType, key: string) => PropertySpec,
): Properties => Object.fromEntries(Object.entries(shape).map(([key, schema]) => [key, specOf(schema, key)]));

/** The service may learn new words: only what programs write is an enumeration. */
const outputType = (schema: z.core.$ZodType, path: readonly string[], types: TypeCollection): TypeSpec =>
  unwrap(schema) instanceof z.ZodEnum ? { type: "string" } : types.property(schema, path);

/** Where the SDK takes a resource, other languages give its id. */
const byId = (description = ""): string => `${description} Given by its id.`.trim();

/** The settings, which are both the configuration of a stack and the arguments of an explicit provider. */
const settingSpecs = (): Properties =>
  Object.fromEntries(
    Object.entries(providerSettings).map(([name, { meaning, isSecret }]) => [
      name,
      {
        type: "string",
        description: `${meaning.charAt(0).toUpperCase()}${meaning.slice(1)}.`,
        ...(isSecret ? { secret: true } : {}),
      },
    ]),
  );

const Manifest = z.object({ version: z.string(), description: z.string() });

async function providerManifest(): Promise<z.infer<typeof Manifest>> {
  return Manifest.parse(JSON.parse(await readFile(join(repositoryRoot, "provider", "package.json"), "utf8")));
}
