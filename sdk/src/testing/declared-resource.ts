import type { HostedKey } from "@arcfleet/provider";

/** Stands in inputs for a value that only `pulumi up` would tell. Only in a preview: see {@link MockFleetOptions.preview}. */
export { unknownValue as notKnownYet } from "@arcfleet/provider/lifecycle";

/** One resource as a program declared it. */
export interface DeclaredResource {
  /** Its name in the program. */
  readonly name: string;
  /** Pulumi's type token, such as `kubernetes:core/v1:Namespace`. */
  readonly type: string;
  /** What it is, when it is one of ours: `connectedCluster`, `extension`, `fluxConfiguration`, … */
  readonly kind: HostedKey | undefined;
  readonly urn: string;
  /** The ARM id when it is one of ours; undefined in a preview. */
  readonly id: string | undefined;
  /** True when the program only looks it up (`ConnectedCluster.get`). */
  readonly isRead: boolean;
  /** The inputs as they go to the provider. Secrets are shown in clear. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** The names of the inputs that are secret, or contain something secret. */
  readonly secrets: readonly string[];
  /** What the program was told about it. */
  readonly outputs: Readonly<Record<string, unknown>>;
  /** The component that it belongs to. */
  readonly parent: DeclaredResource | undefined;
  /** What must be there first: what its inputs come from, and `dependsOn`. */
  readonly dependencies: readonly DeclaredResource[];
  /** Resource options that the engine gets. */
  readonly options: { readonly protect: boolean; readonly ignoreChanges: readonly string[]; readonly provider: string };
}
