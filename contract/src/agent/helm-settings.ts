import { z } from "zod";

/**
 * The answer of `POST /azure-arc-k8sagents/GetHelmSettings`: which agent chart to install and with which values. The first
 * two fields are what unmodified command-line clients read (a path without port, and flat string values); `chart` is the exact
 * reference for clients that can follow a port; its `digest` is `sha256:` and the hex hash of the chart archive.
 */
export const HelmSettings = z.object({
  repositoryPath: z.string(),
  helmValuesContent: z.record(z.string(), z.string()),
  chart: z.object({ url: z.string(), version: z.string(), digest: z.string() }),
});
export type HelmSettings = z.infer<typeof HelmSettings>;

export const helmSettingsPath = "/azure-arc-k8sagents/GetHelmSettings";
export const helmSettingsApiVersion = "2024-07-01-preview";
