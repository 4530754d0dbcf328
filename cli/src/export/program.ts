import type { ArmResource } from "@arcfleet/contract";
import { declarationOf } from "./declaration.ts";
import { classOf, type ExportedKey, exportedTypes, nounOf } from "./exported-types.ts";
import type { Found, FoundGroup } from "./inventory.ts";
import { Names, variableFor } from "./names.ts";

/** What is known when everything was declared. */
export interface ProgramFacts {
  /** How many resources there are of each class. */
  readonly counts: ReadonlyMap<string, number>;
  /** Keys of the configuration that hold what no control plane tells. */
  readonly secrets: readonly string[];
}

interface Declared {
  readonly logicalName: string;
  readonly variable: string | undefined;
  readonly text: string;
}

/** Where a resource stands in the program. */
interface Position {
  readonly parent?: Declared;
  readonly sibling?: Declared | undefined;
  /** Names for the Pulumi resource, the nicest first. */
  readonly names: readonly [string, ...string[]];
  /** Something refers to it. */
  readonly needsVariable: boolean;
}

const keys = Object.keys(exportedTypes) as ExportedKey[];

/** Turns what was found into statements, one resource at a time: what is held are the names that were given. */
export class Program {
  readonly #kubeconfigOf: (cluster: string) => string | undefined;
  readonly #variables = new Names(["config", "Config", ...keys.map(classOf)]);
  /** Pulumi wants each name once per class. */
  readonly #logicalNames = new Map(keys.map((key) => [key, new Names()]));
  readonly #counts = new Map<string, number>();
  readonly #secrets: string[] = [];

  /** @param kubeconfigOf the file with the kubeconfig of a cluster, as the program will name it */
  constructor(kubeconfigOf: (cluster: string) => string | undefined) {
    this.#kubeconfigOf = kubeconfigOf;
  }

  facts(): ProgramFacts {
    return { counts: this.#counts, secrets: this.#secrets };
  }

  async *statements(groups: AsyncIterable<FoundGroup>): AsyncGenerator<string> {
    for await (const { record, members } of groups) {
      const group = this.#declare("resourceGroup", record, { names: [record.name], needsVariable: true });
      yield group.text;
      for await (const member of members) {
        const names = [member.record.name, `${group.logicalName}-${member.record.name}`] as const;
        yield* this.#tree(member, { parent: group, names, needsVariable: member.children.length > 0 });
      }
    }
  }

  /** A resource, then what is below it. */
  *#tree({ key, record, children }: Found, position: Position): Generator<string, Declared> {
    const declared = this.#declare(key, record, position);
    yield declared.text;
    const siblings = new Map<Found, Declared>();
    for (const child of children) {
      const first = children.find((other) => exportedTypes[child.key].after?.isIt(other));
      const isFirst = children.some((other) => exportedTypes[other.key].after?.isIt(child));
      const made = yield* this.#tree(child, {
        parent: declared,
        sibling: first && siblings.get(first),
        names: [`${declared.logicalName}-${child.record.name}`],
        needsVariable: isFirst || child.children.length > 0,
      });
      siblings.set(child, made);
    }
    return declared;
  }

  #declare(key: ExportedKey, record: ArmResource, position: Position): Declared {
    const logicalName = (this.#logicalNames.get(key) ?? new Names()).choose(...position.names);
    const variable = position.needsVariable ? this.#variableFor(key, logicalName) : undefined;
    const kubeconfig = this.#kubeconfigFor(key, record);
    this.#counts.set(classOf(key), (this.#counts.get(classOf(key)) ?? 0) + 1);
    const text = declarationOf(key, record, {
      logicalName,
      variable,
      parent: position.parent?.variable,
      sibling: position.sibling?.variable,
      kubeconfig,
      secretKey: (path) => this.#secretKey(logicalName, path),
    });
    return { logicalName, variable, text };
  }

  #variableFor(key: ExportedKey, logicalName: string): string {
    const noun = nounOf(key);
    const plain = variableFor(logicalName, noun);
    return this.#variables.choose(plain, `${plain}${noun.charAt(0).toUpperCase()}${noun.slice(1)}`);
  }

  #kubeconfigFor(key: ExportedKey, record: ArmResource): string | undefined {
    const hasAgents = record.properties.agentPublicKeyCertificate !== "";
    if (!exportedTypes[key].takesKubeconfig || !hasAgents) return undefined;
    return this.#kubeconfigOf(record.name);
  }

  /** Names of resources may hold what the keys of a configuration may not. */
  #secretKey(logicalName: string, path: readonly string[]): string {
    const name = path.at(-1) ?? "";
    const key = `${logicalName}.${name}`.replaceAll(/[^\w.-]+/g, "-");
    this.#secrets.push(key);
    return key;
  }
}
