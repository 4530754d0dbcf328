/** What a request does, read from its method and path: the action and the resource that the activity log names. */
export interface DescribedRequest {
  readonly action: string;
  readonly resourceId: string;
}

const verbs: Readonly<Record<string, string>> = { PUT: "write", PATCH: "write", DELETE: "delete", POST: "action" };

/** Questions that are asked with POST: they change nothing, and there are many. */
const questions = new Set(["checkaccess"]);

/** Undefined for what the log does not keep: reads, and paths that are not below a subscription. */
export function describeRequest(method: string, path: string): DescribedRequest | undefined {
  const verb = verbs[method];
  const parts = path.split("/").filter((part) => part !== "");
  if (verb === undefined || parts[0]?.toLowerCase() !== "subscriptions" || parts[1] === undefined) return undefined;
  const provider = parts.findLastIndex((part) => part.toLowerCase() === "providers");
  const [type, rest, head] =
    provider < 0
      ? groupType(parts)
      : ([[parts[provider + 1] ?? ""], parts.slice(provider + 2), parts.slice(0, provider + 2)] as const);
  const segments = [...type];
  // Types and names take turns; a type that no name follows is the name of an action, or of a list.
  for (let at = 0; at < rest.length; at += 2) segments.push(rest[at] ?? "");
  const isAction = rest.length % 2 === 1;
  const last = segments.at(-1)?.toLowerCase() ?? "";
  if (isAction && questions.has(last)) return undefined;
  const named = isAction ? rest.slice(0, -1) : rest;
  return { action: [...segments, verb].join("/"), resourceId: `/${[...head, ...named].join("/")}` };
}

/** Subscriptions and groups have no namespace in their path. */
function groupType(parts: readonly string[]): readonly [readonly string[], readonly string[], readonly string[]] {
  const isInGroup = parts[2]?.toLowerCase() === "resourcegroups" && parts[3] !== undefined;
  return isInGroup
    ? [["Microsoft.Resources", "subscriptions", "resourceGroups"], parts.slice(4), parts.slice(0, 4)]
    : [["Microsoft.Resources", "subscriptions"], parts.slice(2), parts.slice(0, 2)];
}
