import type { Kysely } from "kysely";
import type { ResourceRow } from "../db/resources.ts";
import type { Tx } from "../db/store.ts";
import type { Tables } from "../db/tables.ts";
import type { Caller } from "../identity/caller.ts";
import type { JsonObject } from "../json.ts";
import type { Services } from "../services.ts";

export interface SavedResource {
  readonly key: string;
  readonly id: string;
  readonly properties: JsonObject;
  /** What `check` made of them. */
  readonly resolved: JsonObject | null;
}

/** What the removal of a resource needs to know of it. */
export type Removable = Pick<ResourceRow, "key" | "id" | "type" | "principal_id">;

/** Who removes what. */
export interface Removal {
  readonly caller: Caller;
  readonly within: string;
}

/** What a hook may use in the middle of a write besides its `tx`: only what is in memory. Who may do what is asked with `authorizerIn(tx)`. */
export type WorkServices = Pick<Services, "catalogue">;

/**
 * What a type does beyond the defaults of the verbs. Each hook is optional; a type without any is a plain record.
 */
export interface ResourceHooks {
  /** Rules between properties that the schema cannot say, and what follows from them; the result is stored as `resolved`. */
  check?(
    services: Pick<Services, "extensionTypes">,
    properties: JsonObject,
    /** Where to look things up: what was committed, or the transaction that is open. */
    db: Kysely<Tables>,
  ): JsonObject | null | Promise<JsonObject | null>;
  /** May a new answer of `check` alone (say, a newer version in the catalogue) change the resource on an otherwise equal PUT? */
  followsCheck?(properties: JsonObject): boolean;
  /** The form in which properties are compared: what GET shows, put back, is no change. */
  comparable?(properties: JsonObject): JsonObject;
  /** Puts a PATCH into the form that merging understands. */
  preparePatch?(patch: JsonObject): JsonObject;
  /** Runs in the transaction, before the resource is written. */
  beforeSave?(services: WorkServices, tx: Tx, saved: SavedResource, caller: Caller): Promise<void>;
  /** Runs in the transaction, after a new resource was written. */
  afterCreate?(tx: Tx, saved: SavedResource): Promise<void>;
  /** Runs in the transaction, after an existing resource was written. */
  afterUpdate?(tx: Tx, saved: SavedResource): Promise<void>;
  /** Runs in the transaction of a DELETE that is not forced; throws when the resource has to stay. */
  beforeDelete?(tx: Tx, row: ResourceRow): Promise<void>;
  /** What cannot be without the resource although it is not below it: goes with it when the deletion is forced. */
  dependants?(tx: Tx, key: string): Promise<readonly Removable[]>;
  /** Runs after the commit of a PUT or PATCH, also of one that changed nothing. */
  afterCommit?(services: Services, key: string): void;
  /**
   * Refuses to be deleted while others need the resource. Runs in the transaction; for each resource of a group that is deleted, too.
   * @param within the lower-case id of what is going with it, whose own needs do not count
   * @throws DomainError
   */
  refuseRemoval?(tx: Tx, key: string, removal: Removal): Promise<void>;
  /** Refuses the deletion of a group while something outside of it needs one of its resources of this type. One look, not one for each. */
  refuseGroupRemoval?(tx: Tx, groupKey: string): Promise<void>;
  /** Runs in the transaction, before the row goes. */
  beforeRemove?(tx: Tx, key: string): Promise<void>;
  /** What the reported output becomes when the client changes what is wanted. */
  outputAfterWrite?(output: JsonObject): JsonObject;
  /** What is worked out when the resource is read; what agents reported wins over it. */
  present?(services: Services, properties: JsonObject, row: ResourceRow): JsonObject;
}
