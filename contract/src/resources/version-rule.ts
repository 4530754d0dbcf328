/**
 * Which api-versions of a type know what. A property without a rule is in all of them. Every rule says what was seen in the published
 * description of the versions; docs/api-versions.md shows them, and docs/decisions/0110 says what follows from one.
 */
import { isSameOrLater } from "../arm/api-version.ts";

export interface VersionRule {
  /** From the root of the resource, `*` for each entry of a map or list: `properties.kustomizations.*.wait`. */
  readonly path: string;
  /** The rule is about this value of an enumeration, not about the property. */
  readonly value?: string;
  /** The first version that knows it. */
  readonly since?: string;
  /** The first version that does not know it any more. */
  readonly until?: string;
  /** What earlier versions, from `since` on, called the same property. */
  readonly formerly?: { readonly name: string; readonly since: string };
  /** What versions that do not know the value are shown in its place; without it they are shown the value. */
  readonly shownAs?: string;
  /** A block that only has a meaning while another property has a value: it is not kept when that becomes another one. */
  readonly keptWhile?: { readonly property: string; readonly is: string };
}

/** Whether a version knows what the rule is about; one that is not given knows everything that the newest does. */
export const knows = (rule: VersionRule, version: string): boolean =>
  (rule.since === undefined || isSameOrLater(version, rule.since)) &&
  (rule.until === undefined || !isSameOrLater(version, rule.until));

/** The same rule for several paths. */
export const each = (paths: readonly string[], rule: Omit<VersionRule, "path">): VersionRule[] =>
  paths.map((path) => ({ path, ...rule }));
