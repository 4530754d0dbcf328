import { type Properties, withoutUndefined } from "../inputs/plain.ts";
import { containsUnknown } from "../inputs/unknown.ts";
import { type HostedKey, lifecycleOf } from "../kinds/index.ts";
import type { Hints, LifecycleContext } from "../lifecycle/context.ts";
import { HalfMadeError } from "../lifecycle/half-made.ts";
import { readSettings, type StackConfig } from "../settings/index.ts";
import { announce } from "./announce.ts";
import { hintsProperty, providerProperty } from "./dynamic-provider.ts";
import { isElsewhere } from "./elsewhere.ts";
import { countingHints, rememberDeleted } from "./first-time.ts";
import { readHints } from "./hints.ts";
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

/**
 * The process's: the engine starts one for the stack's configuration and one for each explicit provider, and configures each text in
 * it once, with the same configuration.
 */
let stackConfig: StackConfig = {};

/** Hints by the place of the resource, as `check` saw them. */
const hintsAt = new Map<string, Hints>();

/** The provider of one kind, hosted by the engine's `pulumi-nodejs` plugin. */
export function hosted(key: HostedKey): HostedProvider {
  const lifecycle = lifecycleOf(key);
  const session = (): Promise<Session> => openSession(() => readSettings(process.env, stackConfig));

  /** Runs a verb with the resource's hints, and keeps the hidden property with a half-made state. */
  const run = async <T>(inputs: Properties, verb: (context: LifecycleContext) => Promise<T>): Promise<T> => {
    try {
      return await (await session()).run(hintsAt.get(lifecycle.placeOf(inputs)) ?? {}, verb);
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
    async check(olds, news) {
      const plain = clean(news);
      const old = clean(olds);
      const before = Object.keys(old).length === 0 ? undefined : old;
      const place = containsUnknown(plain) ? undefined : lifecycle.placeOf(plain);
      const hints = countingHints(readHints(news[hintsProperty]), place, before);
      const found = lifecycle.check(plain, before, hints);
      if (found.failures.length === 0) {
        if (!containsUnknown(found.inputs)) hintsAt.set(lifecycle.placeOf(found.inputs), hints);
        await announce(hints, found.notice);
      }
      return {
        inputs: { ...found.inputs, [providerProperty]: news[providerProperty] },
        failures: found.failures,
      };
    },
    async diff(id, olds, news) {
      const inputs = clean(news);
      const { changed, replaces, unfinished, deleteBeforeReplace } = lifecycle.diff(clean(olds), inputs);
      if (isElsewhere(id, stackConfig, () => (containsUnknown(inputs) ? undefined : lifecycle.placeOf(inputs)))) {
        return { changes: true, replaces: [...replaces, "provider"], deleteBeforeReplace };
      }
      return {
        // Inputs of a run that failed may be the engine's already and not yet the resource's: it would find no change.
        changes: unfinished !== undefined ? true : changed.length > 0 ? undefined : false,
        replaces,
        deleteBeforeReplace,
      };
    },
    create: (inputs) =>
      run(inputs, async (context) => {
        const { id, state } = await lifecycle.create(context, clean(inputs));
        return { id, outs: state };
      }),
    async read(id, props) {
      const found = await saidOnce(id, async () =>
        (await session()).run({}, (context) => lifecycle.read(context, id, clean(props))),
      );
      return found === undefined ? { id: "", props: {} } : { id, props: found.state, inputs: found.inputs };
    },
    update: (id, olds, news) =>
      run(news, async (context) => ({ outs: await lifecycle.update(context, id, clean(olds), clean(news)) })),
    async delete(id, props) {
      await saidOnce(id, async () =>
        (await session()).run({}, (context) => lifecycle.remove(context, id, clean(props))),
      );
      rememberDeleted(lifecycle.placeOf(clean(props)));
    },
  };
}

/** Inputs or state without what belongs to the hosting. Absent optional inputs arrive as null. */
function clean(properties: Properties): Properties {
  const { [providerProperty]: _provider, [hintsProperty]: _hints, ...rest } = properties;
  return withoutUndefined(Object.fromEntries(Object.entries(rest).map(([key, value]) => [key, value ?? undefined])));
}
