import { z } from "zod";

export const SystemData = z.object({
  createdBy: z.string().nullish(),
  createdByType: z.string().nullish(),
  createdAt: z.string().nullish(),
  lastModifiedBy: z.string().nullish(),
  lastModifiedByType: z.string().nullish(),
  lastModifiedAt: z.string().nullish(),
});
export type SystemData = z.infer<typeof SystemData>;

export const Identity = z.object({
  type: z.string(),
  principalId: z.string().nullish(),
  tenantId: z.string().nullish(),
});
export type Identity = z.infer<typeof Identity>;

/** Any resource as a client receives it, before its properties are read with the schema of its type. */
export const ArmResource = z.looseObject({
  id: z.string(),
  name: z.string(),
  type: z.string(),
  location: z.string().optional(),
  tags: z.record(z.string(), z.string()).nullish(),
  identity: Identity.nullish(),
  systemData: SystemData.nullish(),
  etag: z.string().nullish(),
  properties: z.looseObject({ provisioningState: z.string().optional() }),
});
export type ArmResource = z.infer<typeof ArmResource>;

/** A page of a list. `nextLink` is absolute and is followed verbatim. */
export const Page = z.object({ value: z.array(ArmResource), nextLink: z.string().nullish() });
export type Page = z.infer<typeof Page>;
