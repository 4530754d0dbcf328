import { fullType, type ResourceDefinition, resourceKey } from "@arcfleet/contract";
import { loadResource } from "../db/resources.ts";
import { DomainError } from "../errors.ts";
import type { ResourceHooks } from "./resource-hooks.ts";

/** Refuses a name that a resource of another type has on the same cluster: both would make Flux objects of that name there. */
export const oneNameWith =
  (own: ResourceDefinition, other: ResourceDefinition): NonNullable<ResourceHooks["beforeSave"]> =>
  async (_services, tx, { key, id }) => {
    const twin = key.replace(
      resourceKey(`/providers/${fullType(own)}/`),
      resourceKey(`/providers/${fullType(other)}/`),
    );
    const found = await loadResource(tx, twin);
    if (found === undefined) return;
    throw new DomainError(
      "NameInUse",
      `'${id}' cannot be made: the ${other.singular} '${found.id}' has that name, and both would make the same Flux objects. Choose another name, or delete that one first.`,
    );
  };
