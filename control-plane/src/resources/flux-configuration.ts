import {
  type FluxConfigurationProperties,
  fluxConfiguration,
  type Kustomization,
  sourceBlockOf,
  sourceControlConfiguration,
} from "@arcfleet/contract";
import { invalid } from "../errors.ts";
import { isJsonObject } from "../json.ts";
import { oneNameWith } from "./one-name.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

const sourceBlocks = Object.values(sourceBlockOf);

const hooks: ResourceHooks = {
  check(_services, values) {
    const properties = values as FluxConfigurationProperties;
    checkSource(properties);
    checkDependencies(properties.kustomizations);
    return null;
  },

  beforeSave: oneNameWith(fluxConfiguration, sourceControlConfiguration),

  // Clients that switch kinds send `{}` for the block that goes; to a merge that would mean "no change".
  preparePatch(patch) {
    const prepared: Record<string, unknown> = { ...patch };
    for (const block of sourceBlocks) {
      const value = prepared[block];
      if (isJsonObject(value) && Object.keys(value).length === 0) prepared[block] = null;
    }
    return prepared;
  },

  // What was compliant was so with what was wanted before: whoever waits for compliance must not see the old answer.
  outputAfterWrite: (output) => ({ ...output, complianceState: "Pending", errorMessage: "" }),

  present: () => ({ complianceState: "Pending", errorMessage: "", statuses: [] }),
};

export const fluxConfigurationHooks = { definition: fluxConfiguration, hooks };

function checkSource(properties: FluxConfigurationProperties): void {
  const wanted = sourceBlockOf[properties.sourceKind];
  const given = sourceBlocks.filter((block) => properties[block] !== undefined);
  if (given.length === 1 && given[0] === wanted) return;
  const found = given.length === 0 ? "no source is given" : `'${given.join("' and '")}' is given`;
  throw invalid(
    `'sourceKind' is '${properties.sourceKind}', which needs '${wanted}' and nothing else, but ${found}.`,
    "properties.sourceKind",
  );
}

function checkDependencies(kustomizations: Readonly<Record<string, Kustomization>>): void {
  const path: string[] = [];
  const done = new Set<string>();
  const visit = (name: string): void => {
    const target = `properties.kustomizations.${name}.dependsOn`;
    if (path.includes(name)) {
      throw invalid(`The kustomizations depend on each other in a circle: ${[...path, name].join(" -> ")}.`, target);
    }
    if (done.has(name)) return;
    path.push(name);
    for (const dependency of kustomizations[name]?.dependsOn ?? []) {
      if (!Object.hasOwn(kustomizations, dependency)) {
        throw invalid(
          `The kustomization '${name}' depends on '${dependency}', which this configuration does not have. It has: ${Object.keys(kustomizations).join(", ")}.`,
          target,
        );
      }
      visit(dependency);
    }
    path.pop();
    done.add(name);
  };
  for (const name of Object.keys(kustomizations)) visit(name);
}
