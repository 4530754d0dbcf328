import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { InstallationOptions, toMaintenanceSettings } from "../maintenance/installation-settings.ts";
import type { Finding } from "./check.ts";

const DoctorOptions = InstallationOptions.extend({
  connection: z.string().min(1).optional(),
  json: z.boolean().default(false),
});

/** Looks at everything that tends to be wrong, and changes nothing. */
export async function doctor(options: unknown): Promise<void> {
  const { json, connection, ...installation } = DoctorOptions.parse(options);
  const findings = await examine(installation, connection);
  process.stdout.write(json ? `${JSON.stringify(findings, undefined, 2)}\n` : findings.map(lineOf).join(""));
  const failed = findings.filter(({ status }) => status === "fail");
  if (failed.length > 0) throw new Error(`${failed.length} of ${findings.length} checks failed`);
}

async function examine(
  installation: z.infer<typeof InstallationOptions>,
  connection: string | undefined,
): Promise<Finding[]> {
  const { data, databaseUrlFile, database } = installation;
  // A variable alone says nothing of what somebody wants to know who names a connection.
  const isHere =
    data !== undefined || databaseUrlFile !== undefined || (database !== undefined && connection === undefined);
  if (!isHere && connection === undefined) {
    throw new Error(
      "Say what to look at: --data DIR on the machine of the control plane, --connection FILE as a client",
    );
  }
  const findings: Finding[] = [];
  if (isHere) {
    const { machineChecks } = await import("./machine-checks.ts");
    findings.push(...(await machineChecks(toMaintenanceSettings(installation), data !== undefined)));
  }
  const own = data === undefined ? undefined : join(data, "connection.json");
  const file = connection ?? (own !== undefined && existsSync(own) ? own : undefined);
  if (file === undefined) return findings;
  const { serverChecks } = await import("./server-checks.ts");
  return [...findings, ...(await serverChecks(file))];
}

const lineOf = ({ check, status, found, fix }: Finding): string =>
  `${status.padEnd(4)}  ${check}: ${found}\n${fix === undefined ? "" : `      -> ${fix}\n`}`;
