import { type ArmResource, resourceKey, type TypeDefinition } from "@arcfleet/contract";
import { ArmRequestError } from "../arm-client/error.ts";
import { placeOf } from "../kinds/place.ts";
import type { LookupClient } from "./lookup-client.ts";

/** How one resource is named: by its id, or by what makes up the id. */
export interface RecordReference {
  readonly id?: string | undefined;
  readonly resourceGroup?: string | undefined;
  readonly cluster?: string | undefined;
  readonly name?: string | undefined;
}

/** Reads one record. @throws when it is not there, or the id is one of another type */
export async function getRecord(
  { client, settings }: LookupClient,
  definition: TypeDefinition,
  reference: RecordReference,
): Promise<ArmResource> {
  const id = reference.id ?? placeOf(definition).idOf({ ...reference }, settings.subscriptionId);
  const { namespace, type, singular, providerApiVersion } = definition;
  if (
    !resourceKey(id)
      .split("/")
      .slice(0, -1)
      .join("/")
      .endsWith(resourceKey(`/providers/${namespace}/${type}`))
  ) {
    throw new Error(`${id} is not the id of a ${singular}: that ends with /providers/${namespace}/${type}/<name>.`);
  }
  const record = await client.get(id, providerApiVersion);
  if (record !== undefined) return record;
  throw new ArmRequestError(`There is no ${singular} ${id}.`, {
    code: "ResourceNotFound",
    hint: "Check its name, its group and the control plane that is asked.",
  });
}
