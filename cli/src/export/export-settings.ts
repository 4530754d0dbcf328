import { z } from "zod";

/** What `arcfleet export` can be told, as the command line gives it. */
export const ExportOptions = z.object({
  connection: z.string().min(1).optional(),
  resourceGroup: z.string().min(1).optional(),
  out: z.string().min(1).default("fleet"),
  kubeconfigs: z.string().min(1).optional(),
});
export type ExportOptions = z.infer<typeof ExportOptions>;
