/** Checks of the machine that a control plane runs on: Node, its folder, its database, its keys. */
import { stat, statfs } from "node:fs/promises";
import { inspectDatabase, type PostgresFacts, tryMasterKey } from "@arcfleet/control-plane/maintenance";
import { check, type Finding, fail, ok, warn } from "./check.ts";

type MachineSettings = Parameters<typeof inspectDatabase>[0];

const neededNode = 24;
const lowBytes = 1024 ** 3;
const tooLowBytes = 100 * 1024 ** 2;
const connectionsOfReplica = 19;

export async function machineChecks(settings: MachineSettings, hasFolder: boolean): Promise<Finding[]> {
  const isElsewhere = settings.database !== undefined || settings.databaseUrlFile !== undefined;
  const urlFix = isElsewhere
    ? "Check the URL (docs/postgresql.md), and that the server runs and is reachable from here"
    : "Check the folder given with --data; a control plane makes its database at its first start";
  const findings: Finding[] = [nodeCheck()];
  if (hasFolder) findings.push(...(await folderChecks(settings.dataDir)));
  let facts: Awaited<ReturnType<typeof inspectDatabase>> | undefined;
  findings.push(
    await check("database", urlFix, async () => {
      facts = await inspectDatabase(settings);
      return ok(`${facts.kind === "postgres" ? "PostgreSQL" : "SQLite"} ${facts.version} answers`);
    }),
  );
  if (facts === undefined) return findings;
  const { pending, tooNew, staleOperations, leases, postgres } = facts;
  findings.push({
    check: "schema",
    ...(tooNew.length > 0
      ? fail(
          `it was changed by a newer version: ${tooNew.join(", ")}`,
          "Run that version, or restore a backup from before",
        )
      : pending.length > 0
        ? warn(
            `${pending.length} migrations are not applied: ${pending.join(", ")}`,
            "The next start applies them: back up first",
          )
        : ok("all migrations are applied")),
  });
  findings.push({
    check: "operations",
    ...(staleOperations > 0
      ? warn(
          `${staleOperations} have been running for more than a day`,
          "Look for clusters that are offline, or delete what waits with forceDelete=true",
        )
      : ok("none has been running for more than a day")),
  });
  if (postgres) {
    findings.push(...postgresChecks(postgres));
    findings.push({
      check: "leases",
      ...ok(leases.length === 0 ? "no background work at this moment" : leases.join(", ")),
    });
  }
  findings.push(
    await check(
      "master key",
      "Put the right key back (docs/operations/keys.md); no other opens these secrets",
      async () => {
        const { opened, description } = await tryMasterKey(settings);
        return opened === 0
          ? warn("there is no key in the database yet", "Start the control plane once")
          : ok(`${description} opens all ${opened} keys of the database`);
      },
    ),
  );
  return findings;
}

function nodeCheck(): Finding {
  const { node } = process.versions;
  const isGood = Number(node.split(".")[0]) >= neededNode;
  return { check: "Node", ...(isGood ? ok(node) : fail(`${node} is too old`, `Install Node ${neededNode} or newer`)) };
}

const folderChecks = (dataDir: string): Promise<Finding[]> =>
  Promise.all([
    check("data folder", "Give the folder with --data that the control plane was started with", async () => {
      const { mode, uid } = await stat(dataDir);
      const others = mode & 0o077;
      const me = process.getuid?.();
      if (others !== 0)
        return warn(`others may look into ${dataDir} (mode ${(mode & 0o777).toString(8)})`, `chmod 700 ${dataDir}`);
      if (me !== undefined && me !== 0 && me !== uid)
        return warn(
          `${dataDir} belongs to the user ${uid}, and this is ${me}`,
          "Run this as the user of the control plane",
        );
      return ok(`${dataDir} is for its owner alone`);
    }),
    check("disk", "Give the folder with --data that the control plane was started with", async () => {
      const { bavail, bsize } = await statfs(dataDir);
      const free = bavail * bsize;
      const told = `${(free / 1024 ** 3).toFixed(1)} GiB are free`;
      const fix = "Free space, or move the folder to a larger disk: without space nothing can be saved";
      if (free < tooLowBytes) return fail(told, fix);
      return free < lowBytes ? warn(told, fix) : ok(told);
    }),
  ]);

function postgresChecks({ synchronousCommit, fsync, maxConnections, usedConnections }: PostgresFacts): Finding[] {
  const free = maxConnections - usedConnections;
  return [
    {
      check: "durability",
      ...(fsync === "off"
        ? fail("fsync is off: a power failure can destroy the database", "Set fsync = on in postgresql.conf")
        : synchronousCommit === "off"
          ? warn("synchronous_commit is off; the control plane turns it on for itself", "Set synchronous_commit = on")
          : ok(`fsync is on, synchronous_commit is ${synchronousCommit}`)),
    },
    {
      check: "connections",
      ...(free < connectionsOfReplica
        ? warn(
            `${usedConnections} of ${maxConnections} are in use: too few are left for one more replica`,
            "Raise max_connections, or lower --database-connections of each replica",
          )
        : ok(`${usedConnections} of ${maxConnections} are in use`)),
    },
  ];
}
