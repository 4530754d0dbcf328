import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { hostedKeys, lifecycleOf, packageName, type ResourceShape, tokenOf, unwrap } from "@arcfleet/provider/package";
import { z } from "zod";
import { repositoryRoot } from "../setup/repository.ts";
import { type ObjectTypeSpec, type PropertySpec, requiredOf, TypeCollection } from "./named-types.ts";
import { readSdkDocs, type SdkDocs } from "./sdk-docs.ts";
import type { TypeSpec } from "./type-spec.ts";

interface ResourceSpec extends ObjectTypeSpec {
  readonly inputProperties: Readonly<Record<string, PropertySpec>>;
  readonly requiredInputs: readonly string[];
}

/** The schema of the plugin's package as JSON: types from the contract, words from the SDK. */
export async function packageSchema(): Promise<string> {
  const docs = readSdkDocs();
  const types = new TypeCollection(packageName, docs);
  const resources = Object.fromEntries(
    hostedKeys.map((key) => [
      tokenOf(key),
      resourceSpec(lifecycleOf(key).shape, classNameOf(tokenOf(key)), types, docs),
    ]),
  );
  const { version, description } = await providerManifest();
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
      go: { importBasePath: "github.com/arcfleet/arcfleet-go/arcfleet", respectSchemaVersion: true },
      nodejs: { respectSchemaVersion: true },
      python: { pyproject: { enabled: true }, respectSchemaVersion: true },
    },
    types: types.types,
    resources,
  };
  return `${JSON.stringify(schema, null, 2)}\n`;
}

const classNameOf = (token: string): string => token.split(":").at(-1) ?? token;

function resourceSpec(shape: ResourceShape, className: string, types: TypeCollection, docs: SdkDocs): ResourceSpec {
  const inputs = Object.entries(shape.inputs.shape).map(([key, schema]): [string, PropertySpec] => [
    key,
    {
      ...types.property(schema, [className, key]),
      ...(shape.secrets.includes(key) ? { secret: true } : {}),
      ...(shape.replaces.has(key) ? { willReplaceOnChanges: true } : {}),
    },
  ]);
  const outputs = Object.entries(shape.outputs.shape).map(([key, schema]): [string, PropertySpec] => {
    // The service may learn new words; only what programs write is an enumeration.
    const type: TypeSpec =
      unwrap(schema) instanceof z.ZodEnum ? { type: "string" } : types.property(schema, [className, key]);
    return [key, { ...type, description: docs.ofOutput(className, key) }];
  });
  const requiredInputs = requiredOf(shape.inputs);
  return {
    type: "object",
    description: docs.ofClass(className),
    properties: Object.fromEntries([...inputs, ...outputs]),
    required: [...requiredInputs, ...requiredOf(shape.outputs)],
    inputProperties: Object.fromEntries(
      inputs.map(([key, spec]) => [key, withId(spec, docs.takesResource(className, key))]),
    ),
    // What has a name gets that of its Pulumi resource.
    requiredInputs: requiredInputs.filter((key) => key !== "name"),
  };
}

/** Where the SDK takes a resource, other languages give its id. */
const withId = (spec: PropertySpec, takesResource: boolean): PropertySpec =>
  takesResource ? { ...spec, description: `${spec.description ?? ""} Given by its id.`.trim() } : spec;

const Manifest = z.object({ version: z.string(), description: z.string().optional() });

async function providerManifest(): Promise<z.infer<typeof Manifest>> {
  return Manifest.parse(JSON.parse(await readFile(join(repositoryRoot, "provider", "package.json"), "utf8")));
}
