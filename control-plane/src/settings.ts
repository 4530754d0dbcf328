import { z } from "zod";
import { Limits, Throttling } from "./http/limits/limit-settings.ts";
import { TrustedIssuer } from "./identity/outside/trusted-issuer.ts";

/** Everything that a control plane can be told. Read once, by whoever starts it; nothing else looks at the environment. */
export const Settings = z
  .object({
    /** The folder that holds all state: database, keys, charts. Made with mode 0700 if it is not there. */
    dataDir: z.string().min(1),
    /**
     * The PostgreSQL database to use, `postgres://user:password@host:port/name?sslrootcert=FILE`: see docs/postgresql.md. Default: the
     * embedded database in the data folder.
     */
    database: z
      .string()
      .regex(/^postgres(ql)?:\/\//, "must begin with postgres://")
      .optional(),
    /** A file that holds that URL instead. It is read again for each new connection, so that a changed password is found. */
    databaseUrlFile: z.string().min(1).optional(),
    /** How many connections to PostgreSQL this process opens at most, besides one that listens. */
    databaseConnections: z.int().min(4).max(500).default(18),
    /** The address to listen on. */
    host: z.string().min(1).default("127.0.0.1"),
    /** The port to listen on; 0 takes a free one. */
    port: z.int().min(0).max(65_535).default(0),
    /** The one origin under which clients know this control plane, `https://name:port`. Default: host and port. */
    publicUrl: z
      .url({ protocol: /^https$/ })
      .transform((url) => url.replace(/\/+$/, ""))
      .optional(),
    /** More names and addresses for the server's certificate. */
    subjectAlternativeNames: z.array(z.string().min(1)).default([]),
    /** The master keys themselves, as an environment variable hands them over; see docs/operations/keys.md. */
    masterKey: z.string().min(1).optional(),
    /** A file with the master keys, say a mounted secret. Default: `master.key` in the data folder, made at the first start. */
    masterKeyFile: z.string().min(1).optional(),
    /** A JSON file that names a key management service, which then takes the place of the master key. */
    kmsFile: z.string().min(1).optional(),
    /** A server certificate (with intermediates) of the operator's own, its key, and the CA that clients need for it; read again when they change. */
    tlsCertFile: z.string().min(1).optional(),
    tlsKeyFile: z.string().min(1).optional(),
    tlsCaFile: z.string().min(1).optional(),
    /** Folders with charts of agents and extension types. */
    chartDirs: z.array(z.string().min(1)).default([]),
    /**
     * The repository of the agents' image, for clusters that pull from a registry of their own. It is handed out with the chart's values:
     * one command-line client would otherwise put the control plane's own host there, as the original's registry serves images as well.
     */
    agentImage: z.string().min(1).default("arcfleet/agents"),
    /** Outside issuers whose access tokens are accepted; see docs/sign-in.md. */
    trustedIssuers: z.array(TrustedIssuer).default([]),
    /** A port for metrics alone, in plain HTTP; 0 takes a free one. Without it they are at `/metrics` for readers of the subscription. */
    metricsPort: z.int().min(0).max(65_535).optional(),
    /** The address of that port. */
    metricsHost: z.string().min(1).default("127.0.0.1"),
    /**
     * For how long it goes on answering after a stop was asked for, while `/readyz` says that it is not ready: until a load balancer has
     * seen that.
     */
    drainMs: z.int().min(0).max(300_000).default(0),
    logLevel: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
    /** The largest body that is read. */
    maxBodyBytes: z
      .int()
      .min(1024)
      .default(1024 * 1024),
    /** How long a request may take to arrive. */
    requestTimeoutMs: z.int().min(100).default(30_000),
    /** How long the headers of a request may take to arrive. */
    headersTimeoutMs: z.int().min(100).default(10_000),
    /** Further limits of requests, connections and the process. */
    limits: Limits.prefault({}),
    /** Budgets of requests: `standard`, `azure`, `off`, or the numbers. */
    throttling: Throttling.prefault("standard"),
    /** Addresses or networks of proxies in front, whose `X-Forwarded-For` says who asks. Without them it is not looked at. */
    trustedProxies: z.array(z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()])).default([]),
    /** How long operations are kept after their end: clients poll them for some time and treat 404 as a failure. */
    operationRetentionMs: z
      .int()
      .min(0)
      .default(48 * 3600 * 1000),
    /** How long the activity log is kept. */
    activityRetentionMs: z
      .int()
      .min(0)
      .default(90 * 24 * 3600 * 1000),
    /** How long after its last heartbeat a cluster still counts as connected. */
    offlineAfterMs: z
      .int()
      .min(1000)
      .default(15 * 60 * 1000),
  })
  .refine((settings) => (settings.tlsCertFile === undefined) === (settings.tlsKeyFile === undefined), {
    path: ["tlsCertFile"],
    message: "a TLS certificate and its key are given together (--tls-cert and --tls-key)",
  });
export type Settings = Readonly<z.output<typeof Settings>>;
export type SettingsInput = z.input<typeof Settings>;

/** Checks settings and reports all problems at once. */
export const parseSettings = (input: SettingsInput): Settings => Object.freeze(Settings.parse(input));
