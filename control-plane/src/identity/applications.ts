import { randomUUID } from "node:crypto";
import { resourceKey } from "@arcfleet/contract";
import type { Selectable } from "kysely";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { ApplicationCredentialsTable, ApplicationsTable } from "../db/identity-tables.ts";
import type { Store, Tx } from "../db/store.ts";
import type { ManagedIdentities } from "./managed-identities.ts";

/** How long another process may go on accepting an application that was removed here. */
const CACHE_MS = 5000;
const CACHE_SIZE = 10_000;

/** An application or managed identity as the rest of the service sees it. */
export interface Application {
  readonly appId: string;
  readonly principalId: string;
  readonly kind: "Application" | "ManagedIdentity";
  readonly name: string;
  readonly resourceId?: string;
  /** Where people who sign in through it may be sent back to. */
  readonly redirectUris: readonly string[];
  /** It runs on people's machines and keeps no secret. */
  readonly isPublicClient: boolean;
}

const RedirectUris = z.array(z.string());

export const toApplication = (row: Selectable<ApplicationsTable>): Application => ({
  appId: row.app_id,
  principalId: row.principal_id,
  kind: row.kind,
  name: row.name,
  redirectUris: RedirectUris.parse(JSON.parse(row.redirect_uris)),
  isPublicClient: row.is_public_client === 1,
  ...(row.resource_id === null ? {} : { resourceId: row.resource_id }),
});

export interface Applications extends ManagedIdentities {
  /** From memory for a few seconds, then from the database. */
  findByAppId(appId: string): Promise<Application | undefined>;
  /** The managed identity of a resource, if it has one. */
  findByResource(resourceId: string): Promise<Application | undefined>;
  findByPrincipal(principalId: string): Promise<Application | undefined>;
  /** To be called after the commit of a change. */
  forget(appId: string): void;
  /** Credentials that have not expired, newest first. */
  credentials(appId: string, kind: ApplicationCredentialsTable["kind"]): Promise<ApplicationCredentialsTable[]>;
}

export function createApplications(store: Store, clock: Clock): Applications {
  const cache = new Map<string, { readonly at: number; readonly application: Application | undefined }>();

  return {
    async findByAppId(appId) {
      const now = clock.now().getTime();
      const cached = cache.get(appId);
      if (cached !== undefined && now - cached.at < CACHE_MS) return cached.application;
      const row = await store.read
        .selectFrom("applications")
        .selectAll()
        .where("app_id", "=", appId)
        .executeTakeFirst();
      const application = row && toApplication(row);
      if (cache.size >= CACHE_SIZE) cache.clear();
      cache.set(appId, { at: now, application });
      return application;
    },
    async findByResource(resourceId) {
      const row = await store.read
        .selectFrom("applications")
        .selectAll()
        .where("resource_key", "=", resourceKey(resourceId))
        .executeTakeFirst();
      return row && toApplication(row);
    },
    async findByPrincipal(principalId) {
      const row = await store.read
        .selectFrom("applications")
        .selectAll()
        .where("principal_id", "=", principalId.toLowerCase())
        .executeTakeFirst();
      return row && toApplication(row);
    },
    forget(appId) {
      cache.delete(appId);
    },
    credentials: (appId, kind) =>
      store.read
        .selectFrom("application_credentials")
        .selectAll()
        .where("app_id", "=", appId)
        .where("kind", "=", kind)
        .where((eb) => eb.or([eb("expires_at", "is", null), eb("expires_at", ">", clock.now().toISOString())]))
        .orderBy("created_at", "desc")
        .execute(),
    async ensureIdentity(tx, resourceId) {
      const row = await tx
        .insertInto("applications")
        .values(newRow({ kind: "ManagedIdentity", name: resourceId, resourceId }, clock))
        // Changes nothing of one that is there, but lets it be returned.
        .onConflict((conflict) =>
          conflict.column("resource_key").doUpdateSet({ resource_key: resourceKey(resourceId) }),
        )
        .returningAll()
        .executeTakeFirstOrThrow();
      return toApplication(row);
    },
    async removeIdentity(tx, resourceId) {
      const row = await tx
        .selectFrom("applications")
        .select(["app_id", "principal_id"])
        .where("resource_key", "=", resourceKey(resourceId))
        .executeTakeFirst();
      if (row === undefined) return;
      await tx.deleteFrom("application_credentials").where("app_id", "=", row.app_id).execute();
      await tx.deleteFrom("role_assignments").where("principal_id", "=", row.principal_id).execute();
      await tx.deleteFrom("applications").where("app_id", "=", row.app_id).execute();
      cache.delete(row.app_id);
    },
  };
}

type NewApplication = Pick<Application, "kind" | "name" | "resourceId"> & Partial<Application>;

/** Saves a new application with fresh ids. */
export async function addApplication(tx: Tx, what: NewApplication, clock: Clock): Promise<Application> {
  const row = newRow(what, clock);
  await tx.insertInto("applications").values(row).execute();
  return toApplication(row);
}

function newRow(what: NewApplication, clock: Clock): Selectable<ApplicationsTable> {
  return {
    app_id: what.appId ?? randomUUID(),
    principal_id: what.principalId ?? randomUUID(),
    kind: what.kind,
    name: what.name,
    resource_key: what.resourceId === undefined ? null : resourceKey(what.resourceId),
    resource_id: what.resourceId ?? null,
    created_at: clock.now().toISOString(),
    name_key: what.kind === "Application" ? what.name.toLowerCase() : null,
    redirect_uris: JSON.stringify(what.redirectUris ?? []),
    is_public_client: what.isPublicClient ? 1 : 0,
  };
}

/**
 * Ends all credentials of a resource's managed identity, as when its onboarding key was replaced: certificates that the old key
 * obtained must not go on buying tokens.
 */
export async function revokeCredentials(tx: Tx, resourceId: string): Promise<void> {
  const ofResource = tx.selectFrom("applications").select("app_id").where("resource_key", "=", resourceKey(resourceId));
  await tx.deleteFrom("application_credentials").where("app_id", "in", ofResource).execute();
}
