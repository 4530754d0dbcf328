import type * as pulumi from "@pulumi/pulumi";

type Declared = Readonly<Record<string, unknown>>;

const declarations = new WeakMap<pulumi.Resource, Declared>();

/** Remembers what the program declares for a resource: what the revision of its ring is made of. */
export function remember(
  resource: pulumi.Resource,
  shape: { readonly secrets: readonly string[] },
  given: Declared,
): void {
  // The id of the cluster is not known before the first update, and says nothing that the place in the fleet does not.
  const left = new Set([...shape.secrets, "cluster"]);
  declarations.set(resource, Object.fromEntries(Object.entries(given).filter(([key]) => !left.has(key))));
}

/** What the program declares for a resource; nothing for one that it only looks up. */
export const declaredOf = (resource: pulumi.Resource): Declared => declarations.get(resource) ?? {};
