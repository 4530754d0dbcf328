import { findDefinition, parseResourceId, typeOf } from "@arcfleet/contract";
import { targetOf } from "../arm/target.ts";
import { type ExtensionTypeEntry, isOnTrain } from "../catalogue/extension-type-entry.ts";
import type { Upgrades } from "../catalogue/upgrades.ts";
import { DomainError } from "../errors.ts";
import type { Caller } from "../identity/caller.ts";
import { patch } from "../operations/patch.ts";
import type { Services } from "../services.ts";

/** Written side by side, and committed together. */
const batchSize = 20;

/**
 * A type that was changed carries a mark until each extension that follows one of its trains has been looked at. The mark is in the
 * database, so that another replica, or the next start, goes on
 * where one was stopped (resume.ts).
 */
export function createUpgrades(services: () => Services): Upgrades {
  const running = new Map<string, Promise<void>>();
  /** Begun again while a run was under way, which may just have looked for the last time. */
  const again = new Set<string>();
  const stop = new AbortController();

  const begin = (typeKey: string): void => {
    if (stop.signal.aborted) return;
    if (running.has(typeKey)) {
      again.add(typeKey);
      return;
    }
    const run = services()
      .leases.hold(`upgrade-followers:${typeKey}`, ({ signal }) =>
        followMarks(services(), typeKey, AbortSignal.any([signal, stop.signal])),
      )
      .then(() => {})
      .catch((error: unknown) => {
        services().log.error(
          { err: error, resourceId: typeKey },
          "the followers of an extension type were not all upgraded; it is taken up again in a moment",
        );
      })
      .finally(() => {
        running.delete(typeKey);
        if (again.delete(typeKey)) begin(typeKey);
      });
    running.set(typeKey, run);
  };
  return {
    begin,
    async close() {
      stop.abort();
      await Promise.all(running.values());
    },
  };
}

async function followMarks(services: Services, typeKey: string, signal: AbortSignal): Promise<void> {
  const { store } = services;
  while (!signal.aborted) {
    const type = await store.read
      .selectFrom("extension_types")
      .innerJoin("resources", "resources.key", "extension_types.resource_key")
      .select(["extension_types.name", "unfollowed", "correlation_id", "modified_by", "modified_by_type"])
      .where("resource_key", "=", typeKey)
      .executeTakeFirst();
    const mark = type?.unfollowed ?? null;
    if (type === undefined || mark === null) return;
    const entry = await services.extensionTypes.find(type.name);
    if (entry !== undefined) await upgradeAll(services, typeKey, entry, { ...type, signal });
    if (signal.aborted) return;
    await store.write((tx) =>
      tx
        .updateTable("extension_types")
        .set({ unfollowed: null })
        .where("resource_key", "=", typeKey)
        .where("unfollowed", "=", mark)
        .execute(),
    );
  }
}

interface Author {
  readonly modified_by: string;
  readonly modified_by_type: string;
  readonly correlation_id: string;
  readonly signal: AbortSignal;
}

async function upgradeAll(services: Services, typeKey: string, entry: ExtensionTypeEntry, by: Author): Promise<void> {
  let after = "";
  while (!by.signal.aborted) {
    const followers = await services.store.read
      .selectFrom("extension_uses")
      .innerJoin("resources", "resources.key", "extension_uses.resource_key")
      .select(["extension_uses.resource_key", "resources.id", "extension_uses.version", "extension_uses.release_train"])
      .where("extension_uses.type_key", "=", typeKey)
      .where("extension_uses.follows", "=", 1)
      .where("extension_uses.resource_key", ">", after)
      .orderBy("extension_uses.resource_key")
      .limit(batchSize)
      .execute();
    const last = followers.at(-1);
    if (last === undefined) return;
    after = last.resource_key;
    const behind = followers.filter(({ version, release_train }) => {
      const newest = entry.versions.find((each) => isOnTrain(each, release_train));
      return newest !== undefined && newest.version !== version;
    });
    await Promise.all(behind.map(({ id }) => upgradeOne(services, id, by)));
  }
}

/** A PATCH of nothing: the version is chosen anew, and if that is another one the cluster is told as by any other write. */
async function upgradeOne(services: Services, id: string, by: Author): Promise<void> {
  const parsed = parseResourceId(id);
  const definition = findDefinition(typeOf(parsed));
  if (definition === undefined) throw new TypeError(`'${id}' is of no known type`);
  const caller: Caller = {
    // In the name of whoever changed the type, but with no right of theirs.
    principalId: "",
    tenantId: services.tenantId,
    appId: by.modified_by,
    kind: by.modified_by_type === "ManagedIdentity" ? "ManagedIdentity" : "Application",
    name: "the change of an extension type",
  };
  const target = targetOf(definition, parsed);
  try {
    await patch(services, { target, caller, correlationId: by.correlation_id, body: {} });
  } catch (error) {
    // Deleted meanwhile, or its settings do not fit the type any more: it keeps what it has, and the others go on.
    if (!(error instanceof DomainError)) throw error;
    services.log.warn({ resourceId: id, code: error.code }, `an extension was not upgraded: ${error.message}`);
  }
}
