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
  const known = Object.fromEntries(Object.entries(given).filter(([key]) => !left.has(key)));
  const inside = shape.secrets.filter((path) => path.includes(".")).map((path) => path.split("."));
  declarations.set(
    resource,
    Object.fromEntries(Object.entries(known).map(([key, value]) => [key, without(key, value, inside)])),
  );
}

/** A value without the secrets inside of it; one that is not known yet stays as it is, and counts as a whole. */
const without = (key: string, value: unknown, paths: readonly (readonly string[])[]): unknown =>
  paths.filter(([first]) => first === key).reduce((left, [, ...steps]) => withoutAt(left, steps), value);

function withoutAt(value: unknown, [step, ...rest]: readonly string[]): unknown {
  if (step === undefined || typeof value !== "object" || value === null || !Object.hasOwn(value, step)) return value;
  const { [step]: inside, ...others }: Record<string, unknown> = { ...value };
  return rest.length === 0 ? others : { ...others, [step]: withoutAt(inside, rest) };
}

/** What the program declares for a resource; nothing for one that it only looks up. */
export const declaredOf = (resource: pulumi.Resource): Declared => declarations.get(resource) ?? {};
