import { rcompare } from "semver";
import { DomainError } from "../errors.ts";
import type { ChartReference } from "./catalogue.ts";

/** An extension type, wherever it comes from: a chart that this control plane carries, or one that a user registered. */
export interface ExtensionTypeEntry {
  /** As the catalogue spells it. */
  readonly name: string;
  readonly description?: string | undefined;
  readonly publisher: string;
  readonly defaultReleaseNamespace: string;
  readonly scopes: readonly ("cluster" | "namespace")[];
  /** Newest first. */
  readonly versions: readonly ExtensionTypeVersionEntry[];
  /** The lower-case id of the resource that a user registered; absent for what comes with the control plane. */
  readonly resourceKey?: string;
}

export interface ExtensionTypeVersionEntry {
  readonly version: string;
  readonly releaseTrains: readonly string[];
  readonly chart: ChartReference;
}

export const newestFirst = <T extends { readonly version: string }>(versions: readonly T[]): T[] =>
  versions.toSorted((a, b) => rcompare(a.version, b.version));

export const isOnTrain = ({ releaseTrains }: { readonly releaseTrains: readonly string[] }, train: string): boolean =>
  releaseTrains.some((each) => each.toLowerCase() === train.toLowerCase());

/** Which version of a type an extension gets. */
export interface VersionQuery {
  /** Absent: the newest of the train. */
  readonly version?: string | undefined;
  readonly releaseTrain: string;
}

/** @throws DomainError ExtensionVersionNotFound; the message lists what exists. */
export function resolveVersion(type: ExtensionTypeEntry, query: VersionQuery): ExtensionTypeVersionEntry {
  const { version, releaseTrain } = query;
  const onTrain = type.versions.filter((each) => isOnTrain(each, releaseTrain));
  const found = version === undefined ? onTrain[0] : onTrain.find((each) => each.version === version);
  if (found !== undefined) return found;
  const wanted = version === undefined ? "no version" : `no version '${version}'`;
  const known = type.versions.map((each) => `${each.version} (${each.releaseTrains.join(", ")})`).join("; ");
  throw new DomainError(
    "ExtensionVersionNotFound",
    `Extension type '${type.name}' has ${wanted} on release train '${releaseTrain}'. Available: ${known === "" ? "none" : known}.`,
    { target: version === undefined ? "properties.releaseTrain" : "properties.version" },
  );
}
