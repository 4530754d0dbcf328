import { type SourceKind, sourceBlockOf, sourceKinds } from "@arcfleet/contract";

/** The kind of the one source block that is given. */
export function sourceKindOf(args: { readonly [block in (typeof sourceBlockOf)[SourceKind]]?: unknown }): SourceKind {
  const kind = sourceKinds.find((candidate) => args[sourceBlockOf[candidate]] !== undefined);
  if (kind === undefined) {
    throw new Error(`a FluxConfiguration needs one source: ${Object.values(sourceBlockOf).join(", ")}`);
  }
  return kind;
}
