import { type ArmResource, parseResourceId, type SystemData } from "@arcfleet/contract";
import { z } from "zod";

/** What is told of every record that is looked up. */
export interface RecordInfo {
  /** The ARM id. */
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  /** Who made it and who changed it last, and when. */
  readonly systemData: WithoutNull<SystemData>;
  /** Changes with every write. */
  readonly etag: string | undefined;
}

/** ARM writes `null` for what is not there; programs test for `undefined` alone. */
export type WithoutNull<T> = { readonly [K in keyof T]: Exclude<T[K], null> };

export const withoutNull = <T extends object>(value: T): WithoutNull<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== null)) as WithoutNull<T>;

export const recordInfo = ({ id, name, systemData, etag }: ArmResource): RecordInfo => ({
  id,
  name,
  resourceGroup: parseResourceId(id).resourceGroup ?? "",
  systemData: withoutNull(systemData ?? {}),
  etag: etag ?? undefined,
});

/** Reads the properties of a record with the schemas of its type. */
export function readProperties<Schema extends z.ZodType>(
  schema: Schema,
  { id, properties }: ArmResource,
): z.output<Schema> {
  const parsed = schema.safeParse(properties);
  if (parsed.success) return parsed.data;
  throw new Error(`The control plane's answer about ${id} cannot be read: ${z.prettifyError(parsed.error)}`);
}
