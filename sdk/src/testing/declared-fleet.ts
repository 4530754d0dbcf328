import type { HostedKey } from "@arcfleet/provider";
import type { DeclaredResource } from "./declared-resource.ts";
import { shortType } from "./short-type.ts";

/** Everything that a program declared, in the order in which it was registered. */
export class DeclaredFleet {
  readonly resources: readonly DeclaredResource[];
  /** What the program exports, or the function returned: plain values, secrets in clear. */
  readonly exports: Readonly<Record<string, unknown>>;

  /** @internal */
  constructor(resources: readonly DeclaredResource[], exports: Readonly<Record<string, unknown>>) {
    this.resources = resources;
    this.exports = exports;
  }

  get clusters(): readonly DeclaredResource[] {
    return this.all("connectedCluster");
  }

  get extensions(): readonly DeclaredResource[] {
    return this.all("extension");
  }

  get configurations(): readonly DeclaredResource[] {
    return this.all("fluxConfiguration");
  }

  /**
   * All resources of a kind of ours, or of a type token of another provider.
   * @example fleet.all("kubernetes:core/v1:Namespace")
   */
  all(kind: HostedKey | (string & {})): readonly DeclaredResource[] {
    return this.resources.filter((resource) => resource.kind === kind || resource.type === kind);
  }

  /**
   * The one resource with this name in the program.
   * @param kind needed when resources of several kinds share the name
   * @throws when there is none, or more than one; the message lists what there is
   */
  find(name: string, kind?: HostedKey | (string & {})): DeclaredResource {
    const candidates = kind === undefined ? this.resources : this.all(kind);
    const found = candidates.filter((resource) => resource.name === name);
    const [one, ...more] = found;
    if (one === undefined) {
      const names = candidates.map((resource) => `${resource.name} (${shortType(resource)})`).join(", ");
      throw new Error(`The program declares no ${kind ?? "resource"} named ${name}; it declares ${names || "none"}.`);
    }
    if (more.length > 0) {
      const kinds = found.map(shortType).join(", ");
      throw new Error(`Several resources are named ${name}: ${kinds}. Say which: find("${name}", "…").`);
    }
    return one;
  }
}
