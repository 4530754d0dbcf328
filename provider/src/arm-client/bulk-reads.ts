import { type ArmResource, resourceKey } from "@arcfleet/contract";
import { ArmRequestError } from "./error.ts";
import { type ListedPage, pagesOf } from "./pages.ts";

export interface BulkReadsOptions {
  get(id: string, apiVersion: string, signal: AbortSignal | undefined): Promise<ArmResource | undefined>;
  /** The first page of a collection; the following ones by their link. */
  list(url: string, signal: AbortSignal | undefined): Promise<ListedPage<ArmResource>>;
  readonly now?: () => number;
}

export interface BulkReads {
  read(id: string, apiVersion: string, signal?: AbortSignal): Promise<ArmResource | undefined>;
  /** A record is being written: what was listed says nothing about its collection any more. */
  forget(id: string): void;
}

/** So many reads of one collection, none long after the one before it, are a refresh. */
const manyReads = 16;
const longGapMs = 5_000;
/** How old an answer may be. A refresh that reads one by one sees the first record as long before it sees the last. */
const freshForMs = 3_000;
/** A listed record costs about a fiftieth of a read, so a collection that holds more than this times what is read is not listed. */
const listedPerRead = 50;
const pageSize = 1000;

interface Collection {
  reads: number;
  lastReadAt: number;
  listedAt: number;
  listed: Promise<ReadonlyMap<string, ArmResource> | undefined> | undefined;
  /** We may not list it, or it is too large for what we read of it. */
  isUnsuited: boolean;
}

/**
 * Reads of many records in few requests. The engine refreshes a stack record by record, each with a read of its own; when many of
 * one collection come together they are answered from pages of its list. See docs/decisions/0098.
 */
export function createBulkReads({ get, list, now = Date.now }: BulkReadsOptions): BulkReads {
  const collections = new Map<string, Collection>();

  const collectionOf = (id: string, apiVersion: string): Collection => {
    const key = `${resourceKey(pathOf(id))}?${apiVersion}`;
    const known = collections.get(key);
    if (known !== undefined) return known;
    const collection = { reads: 0, lastReadAt: now(), listedAt: 0, listed: undefined, isUnsuited: false };
    collections.set(key, collection);
    return collection;
  };

  /** Undefined when the collection cannot be had as a whole. */
  const listAll = async (
    path: string,
    apiVersion: string,
    collection: Collection,
    signal: AbortSignal | undefined,
  ): Promise<ReadonlyMap<string, ArmResource> | undefined> => {
    const found = new Map<string, ArmResource>();
    const first = `${path}?api-version=${apiVersion}&$top=${pageSize}`;
    try {
      for await (const { value, next } of pagesOf((url) => list(url, signal), first)) {
        for (const resource of value) found.set(resourceKey(resource.id), resource);
        if (next !== undefined && found.size > collection.reads * listedPerRead) {
          collection.isUnsuited = true;
          return undefined;
        }
      }
    } catch (error) {
      // The right to read one record is no right to list them all; whatever else is wrong the single reads will tell.
      if (!(error instanceof ArmRequestError)) throw error;
      collection.isUnsuited = true;
      return undefined;
    }
    return found;
  };

  return {
    async read(id, apiVersion, signal) {
      const collection = collectionOf(id, apiVersion);
      if (now() - collection.lastReadAt > longGapMs) collection.reads = 0;
      collection.lastReadAt = now();
      collection.reads += 1;
      if (collection.isUnsuited || collection.reads <= manyReads) return get(id, apiVersion, signal);

      if (collection.listed === undefined || now() - collection.listedAt > freshForMs) {
        collection.listedAt = now();
        collection.listed = listAll(pathOf(id), apiVersion, collection, signal);
      }
      const listed = collection.listed;
      const found = (await listed)?.get(resourceKey(id));
      // Only what is there is taken from a list: that something is gone must be said of itself. And a write may have come between.
      return found !== undefined && collection.listed === listed ? found : get(id, apiVersion, signal);
    },
    forget(id) {
      const path = resourceKey(pathOf(id));
      for (const [key, collection] of collections) {
        if (key.startsWith(`${path}?`)) Object.assign(collection, { listed: undefined, reads: 0 });
      }
    },
  };
}

const pathOf = (id: string): string => id.slice(0, id.lastIndexOf("/"));
