import type { ResourceKey, TypeKey } from "@arcfleet/contract";
import type { Found } from "./inventory.ts";

/** How a type appears in a program, where its name and the contract do not say it all. */
export interface ExportedType {
  /** Inputs of the provider that the SDK's class derives itself. */
  readonly derived?: readonly string[];
  /** Whether a kubeconfig of the user's may be given. */
  readonly takesKubeconfig?: true;
  /** An argument that names the sibling which must be there first. */
  readonly after?: { readonly argument: string; readonly isIt: (sibling: Found) => boolean };
}

const isFlux = (type: unknown): boolean => typeof type === "string" && type.toLowerCase() === "microsoft.flux";

const fluxExtension: ExportedType["after"] = {
  argument: "extension",
  isIt: ({ key, record }) => key === "extension" && isFlux(record.properties.extensionType),
};

/** Every type that is exported; a test asks a new one for its entry. */
export const exportedTypes: Readonly<Record<ResourceKey | "resourceGroup", ExportedType>> = {
  resourceGroup: {},
  connectedCluster: { takesKubeconfig: true },
  customLocation: {},
  extension: {},
  extensionType: {},
  fluxConfiguration: { derived: ["sourceKind"], after: fluxExtension },
  sourceControlConfiguration: { after: fluxExtension },
};

/** Types that are not exported, with the reason. */
export const notExported: Readonly<Record<Exclude<TypeKey, keyof typeof exportedTypes>, string>> = {
  roleAssignment: "who may do what is decided for a control plane, not for a fleet, and often by other people",
};

export type ExportedKey = keyof typeof exportedTypes;

/** The SDK's class. */
export const classOf = (key: ExportedKey): string => key.charAt(0).toUpperCase() + key.slice(1);

/** What a person calls one of these in a variable: the last word of the class. */
export const nounOf = (key: ExportedKey): string => (/[A-Z][a-z]*$/.exec(classOf(key))?.[0] ?? key).toLowerCase();
