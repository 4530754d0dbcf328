/** Whether an action is among those that a role names. */
export type ActionMatch = (action: string) => boolean;

/**
 * `*` stands for any text, slashes included, and case does not matter: the rule of Azure's action strings. Users write patterns, so they
 * are not made into regular expressions: each part between stars is looked for once, from left to right.
 */
function matcherOf(pattern: string): ActionMatch {
  const parts = pattern.toLowerCase().split("*");
  const [first = ""] = parts;
  if (parts.length === 1) return (action) => action === first;
  const last = parts.at(-1) ?? "";
  const between = parts.slice(1, -1);
  return (action) => {
    if (!action.startsWith(first) || !action.endsWith(last)) return false;
    const end = action.length - last.length;
    let at = first.length;
    for (const part of between) {
      const found = action.indexOf(part, at);
      if (found < 0) return false;
      at = found + part.length;
    }
    return at <= end;
  };
}

/** Matches an action against any of the patterns. A `*` in the action itself stands for itself: only a pattern that covers it matches. */
export function anyOf(patterns: readonly string[]): ActionMatch {
  const matchers = patterns.map(matcherOf);
  return (action) => {
    const wanted = action.toLowerCase();
    return matchers.some((matches) => matches(wanted));
  };
}

/**
 * Matches an action that may be a pattern itself, as when a cluster asks for "all verbs": also when the two only might have an action in
 * common. For what takes rights away, where a doubt must count as yes.
 */
export function mayMeetAnyOf(patterns: readonly string[]): ActionMatch {
  const exact = anyOf(patterns);
  const heads = patterns.map((pattern) => pattern.toLowerCase().split("*", 1)[0] ?? "");
  return (action) => {
    if (exact(action) || !action.includes("*")) return exact(action);
    const head = action.toLowerCase().split("*", 1)[0] ?? "";
    return heads.some((each) => each.startsWith(head) || head.startsWith(each));
  };
}
