import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { createLogger, parseSettings, type SettingsInput, startControlPlane } from "@arcfleet/control-plane";
import { describe, expect, test } from "@jest/globals";
import { execa } from "execa";
import { z } from "zod";
import { chartDirs, spawnControlPlane } from "../support/control-plane.ts";
import { httpCall } from "../support/http-call.ts";
import { startPostgres } from "../support/postgres.ts";
import { tempFolder } from "../support/temp-folder.ts";
import { waitFor } from "../support/wait-for.ts";
import { openWorld, type World } from "./world.ts";

const Logged = z.object({ msg: z.string(), status: z.int().optional(), correlationId: z.string().optional() });
const Told = z.object({ client: z.string(), waits: z.boolean().optional(), result: z.unknown().optional() });

/** How many different requests were answered with this status, by the log. */
function countOf(log: readonly string[], wanted: number): number {
  const lines = log.map((line) => Logged.parse(JSON.parse(line)));
  const found = lines.filter(({ msg, status }) => msg === "request" && status === wanted);
  return new Set(found.map(({ correlationId }) => correlationId)).size;
}

/** The service in this process, because no option of the command makes budgets this small. */
async function openThrottled(throttling: SettingsInput["throttling"], log: string[]): Promise<World> {
  const folder = await tempFolder("pollers");
  const settings = parseSettings({ chartDirs, throttling, dataDir: folder.path });
  return openWorld(async () => {
    const logger = createLogger(settings, { write: (line) => void log.push(line) });
    const { connection, close } = await startControlPlane(settings, { log: logger });
    return {
      connection,
      dataDir: folder.path,
      async [Symbol.asyncDispose]() {
        await close();
        await folder[Symbol.asyncDispose]();
      },
    };
  });
}

/** So many clients of each kind, all of them one principal. */
function startClients({ controlPlane, group }: World, atOnce: number) {
  const { connection, dataDir } = controlPlane;
  const story = join(import.meta.dirname, "pollers-story.ts");
  const groupName = group.split("/").at(-1) ?? "";
  const running = execa(process.execPath, [story, join(dataDir, "connection.json"), groupName, String(atOnce)], {
    env: { NODE_EXTRA_CA_CERTS: connection.caFile, NODE_OPTIONS: "" },
    timeout: 240_000,
  });
  const told: z.output<typeof Told>[] = [];
  const read = (async () => {
    for await (const line of running) told.push(Told.parse(JSON.parse(line)));
  })();
  return {
    waiting: () => told.filter(({ waits }) => waits).length,
    /** Lets the clusters do their work. @returns what became of each client */
    async end(): Promise<Record<string, unknown>> {
      running.stdin.end();
      await Promise.all([read, running]);
      return Object.fromEntries(told.flatMap(({ client, result }) => (result === undefined ? [] : [[client, result]])));
    },
  };
}

const allSucceeded = (atOnce: number): Record<string, unknown> =>
  Object.fromEntries(
    Array.from({ length: atOnce }, (_, at) => [`sdk-${at}`, `provider-${at}`])
      .flat()
      .map((client) => [client, "Succeeded"]),
  );

/* The pollers of @azure/core-lro, whose requests are tried four times, and those of the provider. */
describe("pollers that are told to come back later", () => {
  test("all come to their end with a budget that is far too small for so many at once", async () => {
    const few = { burst: 2, perSecond: 3 };
    const log: string[] = [];
    await using world = await openThrottled({ reads: few, writes: few, deletes: few }, log);
    expect(await startClients(world, 4).end()).toEqual(allSucceeded(4));
    expect(countOf(log, 429)).toBeGreaterThan(8);
  }, 300_000);

  test("outlast a database that is away, and who asks for a token meanwhile is told so in OAuth's words", async () => {
    await using postgres = await startPostgres();
    await using controlPlane = await spawnControlPlane({ database: await postgres.createDatabase() });
    const clients = startClients(await openWorld(async () => controlPlane), 1);
    await waitFor(async () => clients.waiting(), {
      timeoutMs: 120_000,
      describe: "both clients follow an operation",
      until: (count) => count === 2,
    });
    await postgres.stop("immediate");
    const lines = async () => (await readFile(controlPlane.logFile, "utf8")).split("\n").filter((at) => at[0] === "{");
    await waitFor(async () => countOf(await lines(), 503), {
      timeoutMs: 120_000,
      describe: "both were told to come back",
      until: (count) => count >= 2,
    });
    const { authority, tenantId, caFile, clientId, clientSecret } = controlPlane.connection;
    const grant = { grant_type: "client_credentials", client_id: clientId, client_secret: clientSecret };
    const answer = await httpCall(`${authority}/${tenantId}/oauth2/v2.0/token`, caFile, {
      method: "POST",
      headers: { "content-type": "application/x-www-form-urlencoded" },
      body: new URLSearchParams({ ...grant, scope: `${authority}/.default` }).toString(),
    });
    await postgres.start();

    expect(answer.status).toBe(503);
    expect(answer.json).toMatchObject({
      error: "temporarily_unavailable",
      error_description: expect.stringContaining("The database of the control plane cannot be reached."),
    });
    // Three times this is a minute.
    expect(answer.headers["retry-after"]).toBe("20");
    expect(await clients.end()).toEqual(allSucceeded(1));
  }, 300_000);
});
