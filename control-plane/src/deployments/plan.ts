/** From a template to what is to be written, in which order. Everything that can be said about it is said before anything is written. */
import { createHash } from "node:crypto";
import {
  definitions,
  findDefinition,
  fullType,
  InvalidResourceIdError,
  parseResourceId,
  resourceKey,
  typeOf,
} from "@arcfleet/contract";
import { z } from "zod";
import { targetOf } from "../arm/target.ts";
import type { JsonObject } from "../json.ts";
import { createEvaluator, type Surroundings } from "./expression/evaluate.ts";
import { idBelow } from "./expression/resource-ids.ts";
import { invalidTemplate } from "./invalid-template.ts";
import { isSecret, maxResources, readParameters, Template, type TemplateResource } from "./template.ts";

export const PlannedResource = z.object({
  id: z.string(),
  apiVersion: z.string(),
  body: z.record(z.string(), z.unknown()),
  /** Places in the plan of what must be there first. */
  after: z.array(z.int()),
  isLeftOut: z.boolean(),
});
export type PlannedResource = z.infer<typeof PlannedResource>;

export interface Plan {
  readonly resources: readonly PlannedResource[];
  /** What answers show of the template. */
  readonly shown: JsonObject;
}

type Place = Omit<Surroundings, "parameters" | "variables">;

export function planTemplate(raw: unknown, given: JsonObject, place: Place): Plan {
  const parsed = Template.safeParse(raw);
  if (!parsed.success) throw invalidTemplate(z.prettifyError(parsed.error).replaceAll("\n", " "));
  const template = parsed.data;
  if ((template.functions ?? []).length > 0)
    throw invalidTemplate("functions of the template's own are not offered here");
  const variables = new Map(
    Object.entries(template.variables ?? {}).map(([name, value]) => [name.toLowerCase(), value] as const),
  );
  const parameters = readParameters(template, given, (value, known) =>
    createEvaluator({ ...place, parameters: known, variables }).evaluate(value),
  );
  const { evaluate } = createEvaluator({ ...place, parameters, variables });
  const resources = planResources(template, evaluate, place);
  const outputs = Object.entries(template.outputs ?? {})
    .filter(([, { type, condition }]) => !isSecret(type) && (condition === undefined || evaluate(condition) === true))
    .map(([name, { type, value }]) => [name, { type: nameOfType(type), value: evaluate(value) }] as const);
  return {
    resources,
    shown: {
      templateHash: createHash("sha256").update(JSON.stringify(raw)).digest("hex").slice(0, 20),
      parameters: Object.fromEntries(
        Object.entries(template.parameters ?? {}).map(([name, { type }]) => [
          name,
          { type: nameOfType(type), ...(isSecret(type) ? {} : { value: parameters.get(name.toLowerCase()) }) },
        ]),
      ),
      outputs: Object.fromEntries(outputs),
    },
  };
}

const spelled: Readonly<Record<string, string>> = {
  securestring: "SecureString",
  secureobject: "SecureObject",
};
const nameOfType = (type: string): string => spelled[type] ?? type.charAt(0).toUpperCase() + type.slice(1);

interface Named {
  readonly symbol: string;
  readonly resource: TemplateResource;
  readonly id: string;
  readonly name: string;
  readonly isLeftOut: boolean;
}

function planResources(template: Template, evaluate: (value: unknown) => unknown, place: Place): PlannedResource[] {
  const entries = Array.isArray(template.resources)
    ? template.resources.map((resource) => ["", resource] as const)
    : Object.entries(template.resources);
  if (entries.length > maxResources) throw invalidTemplate(`a template has at most ${maxResources} resources`);
  const named = entries
    .filter(([, { existing }]) => existing !== true)
    .map(([symbol, resource]) => nameResource(symbol, resource, evaluate, place));
  const keys = named.map(({ id }) => resourceKey(id));
  const twice = named.find(({ id }, at) => keys.indexOf(resourceKey(id)) !== at);
  if (twice !== undefined) throw invalidTemplate(`the resource '${twice.id}' is in the template twice`);
  const planned = named.map((one) => ({
    id: one.id,
    apiVersion: one.resource.apiVersion.toLowerCase(),
    body: one.isLeftOut ? {} : bodyOf(one.resource, evaluate),
    after: one.isLeftOut ? [] : placesBefore(one, named, evaluate),
    isLeftOut: one.isLeftOut,
  }));
  refuseCircles(planned);
  return planned;
}

function nameResource(
  symbol: string,
  resource: TemplateResource,
  evaluate: (value: unknown) => unknown,
  place: Place,
): Named {
  for (const member of ["copy", "resources"] as const) {
    const value = resource[member];
    if (value === undefined || (Array.isArray(value) && value.length === 0)) continue;
    throw invalidTemplate(
      `'${member}' of the resource '${resource.name}' is not offered here: write each resource out`,
    );
  }
  for (const member of ["resourceGroup", "subscriptionId"] as const) {
    if (resource[member] !== undefined) {
      throw invalidTemplate(
        `'${member}' of the resource '${resource.name}': a deployment writes into its own group only`,
      );
    }
  }
  const name = textOf(evaluate(resource.name), `the name '${resource.name}'`);
  const scope = resource.scope === undefined ? undefined : textOf(evaluate(resource.scope), "'scope'");
  const id = idBelow(scopeId(scope, place), resource.type, name.split("/"));
  const condition = resource.condition === undefined ? true : evaluate(resource.condition);
  if (typeof condition !== "boolean") throw invalidTemplate(`the condition of '${name}' is neither true nor false`);
  checkType(id, resource, place);
  return { symbol, resource, id, name, isLeftOut: !condition };
}

/** A scope is an id, or what stands in one after `/providers/`. */
function scopeId(scope: string | undefined, place: Place): string {
  if (scope === undefined || scope === "") return place.resourceGroup.id;
  if (scope.startsWith("/")) return scope.replace(/\/+$/, "");
  return `${place.resourceGroup.id}/providers/${scope.replace(/\/+$/, "")}`;
}

function checkType(id: string, { apiVersion }: TemplateResource, place: Place): void {
  if (!resourceKey(id).startsWith(`${resourceKey(place.resourceGroup.id)}/`)) {
    throw invalidTemplate(`the resource '${id}' is not in the group of the deployment, '${place.resourceGroup.id}'`);
  }
  const type = typeOfId(id);
  const definition = findDefinition(type);
  if (definition === undefined) {
    throw invalidTemplate(
      `the resource type '${type}' is not one that templates can make here. They can make: ${definitions.map(fullType).join(", ")}`,
    );
  }
  if (definition.apiVersions.includes(apiVersion.toLowerCase())) return;
  throw invalidTemplate(
    `the type '${type}' has no api-version '${apiVersion}'. It has: ${definition.apiVersions.join(", ")}`,
  );
}

function typeOfId(id: string): string {
  try {
    const parsed = parseResourceId(id);
    const type = typeOf(parsed);
    const definition = findDefinition(type);
    // The path must be that of the type, with the parents that it has.
    if (definition !== undefined && resourceKey(targetOf(definition, parsed).id) !== resourceKey(id)) {
      throw invalidTemplate(`'${id}' is not where a ${definition.singular} can be`);
    }
    return type;
  } catch (error) {
    if (error instanceof InvalidResourceIdError) throw invalidTemplate(error.message);
    throw error;
  }
}

const bodyMembers = ["location", "tags", "kind", "identity", "plan", "properties"] as const;

const bodyOf = (resource: TemplateResource, evaluate: (value: unknown) => unknown): Record<string, unknown> =>
  Object.fromEntries(
    bodyMembers
      .filter((member) => resource[member] !== undefined)
      .map((member) => [member, evaluate(resource[member])] as const),
  );

/** What `dependsOn` names, by id, symbol, name, or type and name; and the resource that this one belongs to. */
function placesBefore(one: Named, all: readonly Named[], evaluate: (value: unknown) => unknown): number[] {
  const places = (one.resource.dependsOn ?? []).map((text) => {
    const wanted = textOf(evaluate(text), "an entry of 'dependsOn'").toLowerCase();
    const at = all.findIndex(
      ({ id, symbol, name, resource }) =>
        [resourceKey(id), symbol.toLowerCase(), name.toLowerCase()].includes(wanted) ||
        `${resource.type}/${name}`.toLowerCase() === wanted,
    );
    if (at >= 0) return at;
    throw invalidTemplate(`'${one.name}' depends on '${wanted}', which is not in the template`);
  });
  const above = all.findIndex((other) => resourceKey(one.id).startsWith(`${resourceKey(other.id)}/`));
  return [...new Set(above < 0 ? places : [...places, above])];
}

function refuseCircles(resources: readonly PlannedResource[]): void {
  const done = new Set<number>();
  for (let left = resources.length; left > 0; ) {
    const ready = resources.flatMap(({ after }, at) =>
      !done.has(at) && after.every((one) => done.has(one)) ? [at] : [],
    );
    if (ready.length === 0) {
      const stuck = resources.filter((_, at) => !done.has(at)).map(({ id }) => `'${id}'`);
      throw invalidTemplate(`resources depend on one another in a circle: ${stuck.join(", ")}`);
    }
    for (const at of ready) done.add(at);
    left -= ready.length;
  }
}

function textOf(value: unknown, what: string): string {
  if (typeof value === "string") return value;
  throw invalidTemplate(`${what} is not a text`);
}
