/**
 * A database with a large fleet, in a minute instead of an hour: some clusters are made through the API, with all that agents do for them,
 * and their rows are copied under other names while no control plane runs. The copies are rows like those that the API would have written,
 * in every table that knows a cluster.
 */
import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";
import { type ArmCaller, armCaller } from "@arcfleet/tests/support/arm-caller.ts";
import { onboardingKey } from "@arcfleet/tests/support/onboarding-key.ts";
import { simulatedAgent } from "@arcfleet/tests/support/simulated-agent.ts";
import { z } from "zod";
import { type BenchControlPlane, startBenchControlPlane } from "../bench-control-plane.ts";

/** Clusters differ as these do: versions, sizes, tags; every second one has an extension and a Flux configuration. */
const originals = 20;
export const fleetGroup = "bench";
const rowsPerTransaction = 50_000;

export const fleetClusterName = (number: number): string => `cluster-${String(number).padStart(7, "0")}`;
const originalName = (number: number): string => `original-${String(number).padStart(4, "0")}-of-the-fleet`;

export interface LargeFleetOptions {
  /** What {@link startBenchControlPlane} is given. */
  readonly folder: string;
  readonly count: number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
}

/** Makes the database in a folder that has none, for a control plane that is started there afterwards. */
export async function makeLargeFleet({ folder, count, log, signal }: LargeFleetOptions): Promise<void> {
  {
    await using controlPlane = await startBenchControlPlane(folder, { args: ["--log-level", "warn"] });
    await makeOriginals(controlPlane, signal);
  }
  log(`${originals} clusters are made through the API; they are copied until there are ${count}`);
  copyOriginals(join(folder, "data", "control-plane.sqlite"), { count, log, signal });
}

async function makeOriginals({ connection }: BenchControlPlane, signal: AbortSignal): Promise<void> {
  const arm = await armCaller(connection);
  const group = `/subscriptions/${connection.subscriptionId}/resourceGroups/${fleetGroup}`;
  await put(arm, `${group}?api-version=2024-11-01`, { location: "westeurope" });
  for (let number = 0; number < originals; number++) {
    signal.throwIfAborted();
    await makeOriginal(
      arm,
      `${group}/providers/Microsoft.Kubernetes/connectedClusters/${originalName(number)}`,
      number,
    );
  }
}

async function makeOriginal(arm: ArmCaller, id: string, number: number): Promise<void> {
  const key = onboardingKey();
  await put(arm, `${id}?api-version=2024-01-01`, {
    location: "westeurope",
    identity: { type: "SystemAssigned" },
    tags: {
      env: ["production", "staging", "test", "development"][number % 4],
      ring: `${number % 5}`,
      region: ["north", "east", "south", "west"][Math.floor(number / 4) % 4],
      owner: `team-${number}`,
      site: originalName(number),
    },
    properties: { agentPublicKeyCertificate: key.publicKeyBase64, distribution: "k3s", infrastructure: "generic" },
  });
  const agent = await simulatedAgent(arm.connection, id, key);
  await agent.heartbeat({
    kubernetesVersion: `1.${32 + (number % 4)}.${number % 3}`,
    agentVersion: `1.${38 + (number % 3)}.0`,
    totalNodeCount: 1 + (number % 7),
  });
  if (number % 2 === 1) return;
  const installed = `${id}/providers/Microsoft.KubernetesConfiguration`;
  await put(arm, `${installed}/extensions/flux?api-version=2024-11-01`, {
    properties: { extensionType: "microsoft.flux", configurationProtectedSettings: { password: "benchmark" } },
  });
  await put(arm, `${installed}/fluxConfigurations/apps?api-version=2024-11-01`, {
    properties: {
      scope: "cluster",
      namespace: "apps",
      sourceKind: "GitRepository",
      gitRepository: { url: "https://git.example.com/fleet.git", repositoryRef: { branch: "main" } },
      kustomizations: { apps: { path: "./apps", prune: true } },
    },
  });
  await agent.settle();
}

async function put(arm: ArmCaller, path: string, body: object): Promise<void> {
  const answer = await arm.call(path, { method: "PUT", body });
  if (answer.status > 201) throw new Error(`PUT of ${path} answered ${answer.status}: ${answer.text}`);
}

const Row = z.record(z.string(), z.union([z.string(), z.number(), z.null()]));
type Row = z.output<typeof Row>;

/** A text in which some places are filled anew for each copy. */
type Pattern = (fill: Copy) => SQLInputValue;
interface Copy {
  readonly number: number;
  readonly name: string;
  /** The new one of each identifier of the original. */
  readonly identifiers: ReadonlyMap<string, string>;
}

interface CopiedRow {
  readonly insert: string;
  readonly cells: readonly Pattern[];
}

interface Original {
  readonly rows: readonly CopiedRow[];
  readonly identifiers: readonly string[];
}

const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

function copyOriginals(
  file: string,
  { count, log, signal }: Pick<LargeFleetOptions, "count" | "log" | "signal">,
): void {
  const database = new DatabaseSync(file);
  // A database that is lost is made anew.
  database.exec("pragma synchronous = off; pragma cache_size = -524288");
  try {
    const tables = z
      .array(z.object({ name: z.string() }))
      .parse(database.prepare("select name from sqlite_master where type = 'table'").all());
    const order = inOrderOfReferences(tables.map(({ name }) => name));
    const known = identifiersOfEverybody(database, order);
    const all = Array.from({ length: originals }, (_, number) => originalOf(database, order, number, known));
    const statements = new Map<string, ReturnType<DatabaseSync["prepare"]>>();
    database.exec("begin");
    let rows = 0;
    for (let number = 0; number < count; number++) {
      const original = all[number % originals];
      if (original === undefined) throw new TypeError("there are no originals");
      const copy = {
        number,
        name: fleetClusterName(number),
        identifiers: new Map(original.identifiers.map((one) => [one, randomUUID()])),
      };
      for (const { insert, cells } of original.rows) {
        const statement = statements.get(insert) ?? database.prepare(insert);
        statements.set(insert, statement);
        statement.run(...cells.map((cell) => cell(copy)));
        rows++;
        if (rows % rowsPerTransaction !== 0) continue;
        signal.throwIfAborted();
        database.exec("commit; begin");
      }
      if ((number + 1) % 25_000 === 0) log(`${number + 1} of ${count} clusters are copied`);
    }
    database.exec("commit");
  } finally {
    database.close();
  }
}

/** What others refer to comes first. */
const inOrderOfReferences = (tables: readonly string[]): string[] =>
  [...tables].sort((one, other) => Number(other === "resources") - Number(one === "resources"));

/** Identifiers that are no cluster's own: of the subscription, of callers. They stay as they are. */
function identifiersOfEverybody(database: DatabaseSync, tables: readonly string[]): ReadonlySet<string> {
  const seen = new Map<string, Set<number>>();
  for (let number = 0; number < originals; number++) {
    for (const table of tables) {
      for (const row of rowsAbout(database, table, originalName(number))) {
        for (const one of JSON.stringify(row).match(uuid) ?? []) {
          seen.set(one, (seen.get(one) ?? new Set()).add(number));
        }
      }
    }
  }
  return new Set([...seen].filter(([, owners]) => owners.size > 1).map(([one]) => one));
}

function rowsAbout(database: DatabaseSync, table: string, name: string): Row[] {
  const columns = z
    .array(z.object({ name: z.string(), type: z.string() }))
    .parse(database.prepare(`select name, type from pragma_table_info('${table}')`).all())
    .filter(({ type }) => type.toLowerCase() === "text");
  if (columns.length === 0) return [];
  const condition = columns.map((column) => `instr("${column.name}", :name) > 0`).join(" or ");
  return z
    .array(Row)
    .parse(database.prepare(`select * from "${table}" where ${condition} order by rowid`).all({ name }));
}

function originalOf(
  database: DatabaseSync,
  tables: readonly string[],
  number: number,
  known: ReadonlySet<string>,
): Original {
  const identifiers = new Set<string>();
  const rows = tables.flatMap((table) =>
    rowsAbout(database, table, originalName(number)).map((row): CopiedRow => {
      const names = Object.keys(row);
      for (const one of JSON.stringify(row).match(uuid) ?? []) if (!known.has(one)) identifiers.add(one);
      return {
        insert: `insert into "${table}" (${names.map((name) => `"${name}"`).join(", ")}) values (${names.map(() => "?").join(", ")})`,
        cells: Object.entries(row).map(([column, value]) => patternOf(column, value, originalName(number), known)),
      };
    }),
  );
  if (rows.length === 0) throw new Error(`the database has no rows about ${originalName(number)}`);
  return { rows, identifiers: [...identifiers] };
}

function patternOf(column: string, value: Row[string], name: string, known: ReadonlySet<string>): Pattern {
  if (typeof value !== "string") return () => value;
  // Events are told apart by their time and what follows it.
  if (column === "event_id") return ({ number }) => eventId(value, number);
  if (column === "key_hash") return ({ number }) => number.toString(16).padStart(value.length, "0");
  const own = [...new Set(value.match(uuid) ?? [])].filter((one) => !known.has(one));
  if (own.length === 0 && !value.includes(name)) return () => value;
  const places = new RegExp(`(${[name, ...own].join("|")})`, "g");
  const parts = value.split(places);
  return (copy) => parts.map((part) => (part === name ? copy.name : (copy.identifiers.get(part) ?? part))).join("");
}

const eventTime = /^(\d{4}-.*Z)-([0-9a-f]{12})$/;

/** One twentieth of a second after the other, so that a hundred thousand fill an hour and a half. */
function eventId(original: string, number: number): string {
  const [, time = "", end = ""] = eventTime.exec(original) ?? [];
  const at = new Date(Date.parse(time) - number * 50).toISOString();
  return `${at}-${end.slice(0, 5)}${number.toString(16).padStart(7, "0")}`;
}
