import { z } from "zod";

/** `connection.json`: written by `arcfleet serve` when it is ready, mode 0600, everything a client needs to begin. */
export const Connection = z.object({
  endpoint: z.url(),
  authority: z.url(),
  caFile: z.string(),
  tenantId: z.string(),
  subscriptionId: z.string(),
  clientId: z.string(),
  clientSecret: z.string(),
});
export type Connection = z.infer<typeof Connection>;
