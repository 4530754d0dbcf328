import { z } from "zod";

/** What the program declares: logical names to arguments, with other resources by their logical names. */
export const Spec = z.object({
  clusters: z.record(
    z.string(),
    z.object({
      kubeconfig: z.string().optional(),
      kubeconfigText: z.string().optional(),
      name: z.string().optional(),
      adopt: z.boolean().optional(),
      location: z.string().default("westeurope"),
      tags: z.record(z.string(), z.string()).optional(),
      arcAgentProfile: z.object({ desiredAgentVersion: z.string() }).optional(),
      agents: z
        .object({
          install: z.boolean().optional(),
          timeoutSeconds: z.number().optional(),
          values: z.record(z.string(), z.unknown()).optional(),
        })
        .optional(),
    }),
  ),
  extensions: z
    .record(
      z.string(),
      z.object({
        cluster: z.string(),
        name: z.string().optional(),
        adopt: z.boolean().optional(),
        extensionType: z.string(),
        version: z.string().optional(),
        configurationSettings: z.record(z.string(), z.string()).optional(),
        configurationProtectedSettings: z.record(z.string(), z.string()).optional(),
      }),
    )
    .default({}),
  fluxConfigurations: z
    .record(
      z.string(),
      z.object({
        cluster: z.string(),
        extension: z.string().optional(),
        name: z.string().optional(),
        adopt: z.boolean().optional(),
        namespace: z.string().optional(),
        gitRepository: z.object({
          url: z.string(),
          repositoryRef: z.object({ branch: z.string() }),
          syncIntervalInSeconds: z.number().default(5),
        }),
        kustomizations: z.record(
          z.string(),
          z.object({
            path: z.string(),
            prune: z.boolean().default(true),
            retryIntervalInSeconds: z.number().optional(),
          }),
        ),
        complianceTimeoutSeconds: z.number().optional(),
      }),
    )
    .default({}),
});
export type Spec = z.input<typeof Spec>;
