import type { Hints } from "@arcfleet/provider";
import type * as pulumi from "@pulumi/pulumi";

/** What our own code tells the provider about a resource that it makes; users have no use for it. */
export interface ComponentHints {
  /** The resource is a member of a ring: its failure is a warning. It is not begun when one of these ids failed before it. */
  readonly rollout?: { readonly needs: readonly pulumi.Output<string>[] };
  /** The name of the record is ours to choose: in another region it may be another one. */
  readonly isNameDefault?: true;
  /** The rings that a gate holds back. */
  readonly waiting?: Hints["waiting"];
  /** Where the charts of an extension type lie, by version. */
  readonly charts?: pulumi.Output<Readonly<Record<string, string>>>;
}

const key: unique symbol = Symbol("arcfleet.hints");

interface HintedOptions extends pulumi.CustomResourceOptions {
  readonly [key]?: ComponentHints;
}

/** Options that carry hints; they survive being copied, and Pulumi does not look at them. */
export const withHints = (options: pulumi.CustomResourceOptions, hints: ComponentHints): HintedOptions => ({
  ...options,
  [key]: { ...hintsIn(options), ...hints },
});

export const hintsIn = (options: HintedOptions): ComponentHints => options[key] ?? {};
