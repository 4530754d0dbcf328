import type { DeclaredResource } from "./declared-resource.ts";

/** How messages call a type: ours by their key, others by their token. */
export const shortType = ({ kind, type }: Pick<DeclaredResource, "kind" | "type">): string => kind ?? type;
