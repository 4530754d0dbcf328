import { z } from "zod";
import { provisioningStates } from "../../arm/operation.ts";
import { optional, orElse } from "../../schema/nullish.ts";
import { parseOperatorParams } from "./operator-params.ts";

const dnsLabel = z.string().regex(/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/, "must be a DNS label");

const operatorParams = z
  .string()
  .max(4096)
  .superRefine((text, context) => {
    for (const problem of parseOperatorParams(text).problems) context.addIssue(problem);
  });

export const SourceControlConfigurationProperties = z.object({
  /** The Git repository. */
  repositoryUrl: z
    .string()
    .min(1)
    .regex(/^(https?:\/\/|ssh:\/\/|git@)/, "must begin with http://, https://, ssh:// or git@"),
  /** Where the Flux objects live. Fixed at creation. */
  operatorNamespace: orElse(dnsLabel, "default"),
  /** The name that the operator had; kept for clients that ask for it. Fixed at creation. */
  operatorInstanceName: optional(z.string().min(1).max(63)),
  operatorType: orElse(z.enum(["Flux"]), "Flux"),
  /** The flags that the operator of Flux v1 took: `--git-branch=main --git-path=apps,infra --git-poll-interval=1m`. */
  operatorParams: orElse(operatorParams, ""),
  /** May the configuration act on the whole cluster or only in `operatorNamespace`. Fixed at creation. */
  operatorScope: orElse(z.enum(["cluster", "namespace"]), "cluster"),
  /** Base64 values under `sshPrivateKey`, or under `httpsUser` and `httpsKey`; encrypted at rest, never returned. */
  configurationProtectedSettings: orElse(z.record(z.string(), z.string()), {}),
  /** Base64 of a known_hosts file; only with ssh. */
  sshKnownHostsContents: optional(z.string()),
  /** The Helm operator of Flux v1 cannot be had any more: only false. */
  enableHelmOperator: orElse(
    z.boolean().refine((isWanted) => !isWanted, "the Helm operator of Flux v1 is not offered; use a fluxConfiguration"),
    false,
  ),
});
export type SourceControlConfigurationProperties = z.output<typeof SourceControlConfigurationProperties>;

export const legacyComplianceStates = ["Pending", "Compliant", "Noncompliant", "Installed", "Failed"] as const;

export const SourceControlConfigurationOutput = z.object({
  provisioningState: z.enum(provisioningStates),
  complianceStatus: z
    .object({
      complianceState: z.enum(legacyComplianceStates),
      lastConfigApplied: z.string().nullish(),
      message: z.string().nullish(),
      messageLevel: z.enum(["Error", "Warning", "Information"]).nullish(),
    })
    .nullish(),
  repositoryPublicKey: z.string().nullish(),
});
export type SourceControlConfigurationOutput = z.infer<typeof SourceControlConfigurationOutput>;
