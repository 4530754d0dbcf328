import { existsSync, readFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Connection } from "@arcfleet/contract";
import { parseSettings, type Settings, type SettingsInput, TrustedIssuer } from "@arcfleet/control-plane";
import { z } from "zod";

/** What `arcfleet serve` can be told, as the command line gives it. */
export const ServeOptions = z.object({
  data: z.string().min(1),
  host: z.string().min(1).optional(),
  port: z.coerce.number().int().min(0).max(65_535).optional(),
  publicUrl: z.string().optional(),
  databaseUrlFile: z.string().min(1).optional(),
  san: z.array(z.string()).default([]),
  charts: z.array(z.string()).default([]),
  agentImage: z.string().optional(),
  databaseConnections: z.coerce.number().optional(),
  metricsPort: z.coerce.number().optional(),
  metricsHost: z.string().optional(),
  drainSeconds: z.coerce.number().min(0).default(0),
  logLevel: z.string().optional(),
  trustedIssuers: z.string().min(1).optional(),
  throttling: z.enum(["standard", "azure", "off"]).optional(),
  trustedProxy: z.array(z.string()).default([]),
  activityDays: z.coerce.number().min(0).max(3650).optional(),
  masterKeyFile: z.string().min(1).optional(),
  kmsFile: z.string().min(1).optional(),
  tlsCert: z.string().min(1).optional(),
  tlsKey: z.string().min(1).optional(),
  tlsCa: z.string().min(1).optional(),
  /** From the environment: no secret is ever an option. */
  masterKey: z.string().min(1).optional(),
  database: z.string().optional(),
});
export type ServeOptions = z.infer<typeof ServeOptions>;

/** The charts that come with arcfleet, where the sources lie around this package. */
const bundledCharts = ["agent-chart", "extensions"].map((name) => resolve(import.meta.dirname, "../..", name));

/**
 * The port of the last start. Clusters know the control plane by its port, so a restart that is not told one must not take another.
 */
function lastPort(dataDir: string): number | undefined {
  const file = join(dataDir, "connection.json");
  if (!existsSync(file)) return undefined;
  const connection = Connection.safeParse(JSON.parse(readFileSync(file, "utf8")));
  if (!connection.success) return undefined;
  const { port } = new URL(connection.data.endpoint);
  return port === "" ? 443 : Number(port);
}

const absolute = (path: string | undefined): string | undefined => (path === undefined ? undefined : resolve(path));

/** Options as settings, defaults filled in; problems are reported all at once. */
export function toSettings(options: ServeOptions): Settings {
  const dataDir = resolve(options.data);
  const port = options.port ?? lastPort(dataDir);
  return parseSettings({
    dataDir,
    subjectAlternativeNames: options.san,
    chartDirs:
      options.charts.length > 0 ? options.charts.map((path) => resolve(path)) : bundledCharts.filter(existsSync),
    trustedProxies: options.trustedProxy,
    ...(options.throttling === undefined ? {} : { throttling: options.throttling }),
    masterKey: options.masterKey,
    masterKeyFile: absolute(options.masterKeyFile),
    kmsFile: absolute(options.kmsFile),
    tlsCertFile: absolute(options.tlsCert),
    tlsKeyFile: absolute(options.tlsKey),
    tlsCaFile: absolute(options.tlsCa),
    ...(options.host === undefined ? {} : { host: options.host }),
    ...(port === undefined ? {} : { port }),
    ...(options.publicUrl === undefined ? {} : { publicUrl: options.publicUrl }),
    ...databaseOf(options),
    metricsPort: options.metricsPort,
    drainMs: Math.round(options.drainSeconds * 1000),
    ...(options.databaseConnections === undefined ? {} : { databaseConnections: options.databaseConnections }),
    ...(options.metricsHost === undefined ? {} : { metricsHost: options.metricsHost }),
    ...(options.agentImage === undefined ? {} : { agentImage: options.agentImage }),
    ...(options.trustedIssuers === undefined ? {} : { trustedIssuers: readTrustedIssuers(options.trustedIssuers) }),
    ...(options.activityDays === undefined
      ? {}
      : { activityRetentionMs: Math.round(options.activityDays * 86_400_000) }),
    ...(options.logLevel === undefined ? {} : { logLevel: LogLevel.parse(options.logLevel) }),
  });
}

/** Files that the list names are beside it. Whether the list makes sense is for the settings to say. */
function readTrustedIssuers(file: string): SettingsInput["trustedIssuers"] {
  const here = (path: unknown) => (typeof path === "string" ? resolve(dirname(file), path) : path);
  const Issuers = z.array(
    z.looseObject({ caFile: z.unknown().transform(here), jwksFile: z.unknown().transform(here) }),
  );
  const issuers = Issuers.parse(JSON.parse(readFileSync(file, "utf8")));
  return z.array(TrustedIssuer).parse(issuers);
}

/** The file wins: it is what somebody typed, and the environment may be there for something else. */
function databaseOf({ databaseUrlFile, database }: ServeOptions) {
  if (databaseUrlFile !== undefined) return { databaseUrlFile: resolve(databaseUrlFile) };
  return database === undefined || database === "" ? {} : { database };
}

const LogLevel = z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]);
