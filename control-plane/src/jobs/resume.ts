import { type Kysely, sql } from "kysely";
import type { Tables } from "../db/tables.ts";
import { runDeployment } from "../deployments/run-deployment.ts";
import type { Services } from "../services.ts";
import { deleteGroup } from "./delete-group.ts";

const intervalMs = 5000;

/**
 * Takes up, now and regularly, what was begun and is done by nobody: a replica died or was stopped, or it failed for a while. Each piece
 * has a lease of its own, so what somebody does goes on undisturbed. Returns the function that stops.
 */
export async function resumeRegularly(services: Services): Promise<() => void> {
  await resume(services);
  const timer = setInterval(
    () => {
      resume(services).catch((error: unknown) => {
        services.log.warn({ err: error }, "unfinished work could not be looked for; it is tried again");
      });
    },
    intervalMs * (0.8 + Math.random() * 0.4),
  );
  timer.unref();
  return () => clearInterval(timer);
}

async function resume(services: Services): Promise<void> {
  const { read } = services.store;
  for (const { key } of await deletingGroups(read).execute()) void deleteGroup(services, key);
  const deployments = await read.selectFrom("deployments").select("key").where("state", "=", "Running").execute();
  for (const { key } of deployments) void runDeployment(services, key);
  const types = await read
    .selectFrom("extension_types")
    .select("resource_key")
    .where("unfollowed", "is not", null)
    .execute();
  for (const { resource_key } of types) services.upgrades.begin(resource_key);
}

/** The state is written out instead of a parameter: otherwise the index of them is not looked at. */
export const deletingGroups = (db: Kysely<Tables>) =>
  db.selectFrom("resource_groups").select("key").where("state", "=", sql.lit("Deleting"));
