import { z } from "zod";
import type { ResourceRow } from "../db/resources.ts";
import type { Services } from "../services.ts";
import type { SecretValues } from "./secret-values.ts";

const Sealed = z.record(z.string(), z.record(z.string(), z.string()));

const contextOf = (key: string): string => `resources/secrets${key}`;

/** The secret values of a resource. They go to the cluster's agents and nowhere else. */
export function openSecrets(
  services: Pick<Services, "secrets">,
  row: Pick<ResourceRow, "key" | "secrets">,
): SecretValues {
  if (row.secrets === null) return {};
  return Sealed.parse(JSON.parse(services.secrets.open(row.secrets, contextOf(row.key))));
}

export const sealSecrets = (services: Pick<Services, "secrets">, key: string, secrets: SecretValues): string | null =>
  Object.keys(secrets).length === 0 ? null : services.secrets.seal(JSON.stringify(secrets), contextOf(key));
