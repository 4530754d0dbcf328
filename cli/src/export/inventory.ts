import {
  type ArmResource,
  type ResourceDefinition,
  type ResourceKey,
  registry,
  resourceGroup,
} from "@arcfleet/contract";
import { type ArmClient, listAll } from "@arcfleet/provider/inventory";
import pMap, { pMapIterable } from "p-map";

/** A resource with everything below it. */
export interface Found {
  readonly key: ResourceKey;
  readonly record: ArmResource;
  readonly children: readonly Found[];
}

export interface FoundGroup {
  readonly record: ArmResource;
  /** What is in it, to be gone through once. */
  readonly members: AsyncIterable<Found>;
}

/** So many resources are asked for what is below them at a time, and so many wait to be written at most. */
const concurrency = 8;

const keys = Object.keys(registry) as ResourceKey[];
const definitionOf = (key: ResourceKey): ResourceDefinition => registry[key];
const keysBelow = (parent: ResourceDefinition | undefined): ResourceKey[] =>
  keys.filter((key) => definitionOf(key).parent === parent);

/**
 * The groups that hold something of ours.
 * @param only the name of the one group that is wanted, which may be empty
 */
export async function* findGroups(
  client: ArmClient,
  subscriptionId: string,
  only: string | undefined,
): AsyncGenerator<FoundGroup> {
  const { providerApiVersion } = resourceGroup;
  const collection = `/subscriptions/${subscriptionId}/resourceGroups`;
  if (only === undefined) {
    for await (const record of listAll(client, collection, providerApiVersion)) {
      const members = membersOf(client, record);
      const first = await members.next();
      if (!first.done) yield { record, members: beginningWith(first.value, members) };
    }
    return;
  }
  const record = await client.get(`${collection}/${only}`, providerApiVersion);
  if (record === undefined) throw new Error(`There is no resource group '${only}' at ${client.endpoint}.`);
  yield { record, members: membersOf(client, record) };
}

async function* beginningWith<T>(first: T, rest: AsyncIterable<T>): AsyncGenerator<T> {
  yield first;
  yield* rest;
}

async function* membersOf(client: ArmClient, group: ArmResource): AsyncGenerator<Found> {
  for (const key of keysBelow(undefined)) {
    const records = collectionOf(client, group.id, key);
    const withChildren = async (record: ArmResource): Promise<Found> => ({
      key,
      record,
      children: await childrenOf(client, key, record),
    });
    yield* pMapIterable(records, withChildren, { concurrency, backpressure: concurrency * 2 });
  }
}

async function childrenOf(client: ArmClient, parent: ResourceKey, record: ArmResource): Promise<readonly Found[]> {
  const found = await pMap(keysBelow(definitionOf(parent)), (key) => {
    const withChildren = async (child: ArmResource): Promise<Found> => ({
      key,
      record: child,
      children: await childrenOf(client, key, child),
    });
    return pMap(collectionOf(client, record.id, key), withChildren, { concurrency });
  });
  return found.flat();
}

const collectionOf = (client: ArmClient, parentId: string, key: ResourceKey): AsyncGenerator<ArmResource> => {
  const { namespace, type, providerApiVersion } = definitionOf(key);
  return listAll(client, `${parentId}/providers/${namespace}/${type}`, providerApiVersion);
};
