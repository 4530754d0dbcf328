import type { ResourceKey } from "@arcfleet/contract";
import { type Properties, withoutUndefined } from "../inputs/plain.ts";
import { containsUnknown } from "../inputs/unknown.ts";
import { kindOf } from "../kinds/index.ts";
import { check } from "../lifecycle/check.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { diff } from "../lifecycle/diff.ts";
import { HalfMadeError } from "../lifecycle/half-made.ts";
import { resourceIdOf } from "../lifecycle/resource-id-of.ts";
import { readSettings, type StackConfig } from "../settings.ts";
import { providerProperty, urnProperty } from "./dynamic-provider.ts";
import { saidOnce } from "./said-once.ts";
import { openSession, type Session } from "./session.ts";

/** What the engine's plugin calls. The results have the shapes of `pulumi.dynamic.ResourceProvider`. */
export interface HostedProvider {
  configure(request: { config: { rawConfig?: StackConfig } }): Promise<void>;
  check(
    olds: Properties,
    news: Properties,
  ): Promise<{ inputs: Properties; failures: readonly { property: string; reason: string }[] }>;
  diff(id: string, olds: Properties, news: Properties): Promise<DiffResult>;
  create(inputs: Properties): Promise<{ id: string; outs: Properties }>;
  read(id: string, props: Properties): Promise<{ id: string; props: Properties; inputs?: Properties }>;
  update(id: string, olds: Properties, news: Properties): Promise<{ outs: Properties }>;
  delete(id: string, props: Properties): Promise<void>;
}

export interface DiffResult {
  /** Undefined leaves it to the engine to work out which inputs changed: that is what a preview shows. */
  readonly changes: boolean | undefined;
  readonly replaces: readonly string[];
  readonly deleteBeforeReplace: boolean;
}

/** Settings are the process's: configured once per distinct text by the engine, with the same configuration. */
let stackConfig: StackConfig = {};

/** URNs by the place of the resource, as `check` saw them. */
const urns = new Map<string, string>();

/** The provider of one kind, hosted by the engine's `pulumi-nodejs` plugin. */
export function hosted(key: ResourceKey): HostedProvider {
  const kind = kindOf(key);
  const session = (): Promise<Session> => openSession(() => readSettings(process.env, stackConfig));
  const placeOf = (inputs: Properties): string => resourceIdOf(kind, inputs, "").toLowerCase();

  /** Runs a verb, with progress on the resource's own line, and keeps the hidden property with a half-made state. */
  const run = async <T>(inputs: Properties, verb: (context: LifecycleContext) => Promise<T>): Promise<T> => {
    try {
      return await (await session()).run(urns.get(placeOf(inputs)) ?? "", verb);
    } catch (error) {
      if (!(error instanceof HalfMadeError)) throw error;
      throw Object.assign(error, {
        properties: { ...error.properties, [providerProperty]: inputs[providerProperty] },
      });
    }
  };

  return {
    async configure({ config }) {
      stackConfig = config.rawConfig ?? {};
    },
    async check(_olds, news) {
      const { [urnProperty]: urn, ...inputs } = news;
      const plain = clean(inputs);
      const failures = check(kind, plain);
      if (typeof urn === "string" && failures.length === 0 && !containsUnknown(plain)) urns.set(placeOf(plain), urn);
      return { inputs, failures };
    },
    async diff(_id, olds, news) {
      const { changed, replaces, unfinished } = diff(kind, clean(olds), clean(news));
      return {
        changes: changed.length > 0 ? undefined : unfinished !== undefined,
        replaces,
        // Ids are chosen by the user: the new one often has the old one's, and one cluster has one set of agents.
        deleteBeforeReplace: true,
      };
    },
    create: (inputs) =>
      run(inputs, async (context) => {
        const { create } = await import("../lifecycle/create.ts");
        const { id, state } = await create(kind, context, clean(inputs));
        return { id, outs: state };
      }),
    async read(id, props) {
      const { read } = await import("../lifecycle/read.ts");
      const found = await saidOnce(id, async () =>
        (await session()).run("", (context) => read(kind, context, id, clean(props))),
      );
      return found === undefined ? { id: "", props: {} } : { id, props: found.state, inputs: found.inputs };
    },
    update: (id, olds, news) =>
      run(news, async (context) => {
        const { update } = await import("../lifecycle/update.ts");
        return { outs: await update(kind, context, id, clean(olds), clean(news)) };
      }),
    async delete(id, props) {
      const { remove } = await import("../lifecycle/delete.ts");
      await saidOnce(id, async () => (await session()).run("", (context) => remove(kind, context, id, clean(props))));
    },
  };
}

/** Inputs or state without what belongs to the hosting. Absent optional inputs arrive as null. */
function clean(properties: Properties): Properties {
  const { [providerProperty]: _provider, [urnProperty]: _urn, ...rest } = properties;
  return withoutUndefined(Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, value ?? undefined])));
}
