import { join, resolve } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { Connection } from "@arcfleet/contract";
import type { Logger } from "pino";
import { createActivityLog } from "./activity/activity-log.ts";
import { createAuthorizer } from "./authorization/authorize.ts";
import { createGrants } from "./authorization/grants.ts";
import { createRoles } from "./authorization/roles.ts";
import { openCatalogue } from "./catalogue/catalogue.ts";
import { createExtensionTypes } from "./catalogue/extension-types.ts";
import { type Clock, systemClock } from "./clock.ts";
import { openDatabase } from "./db/open-database.ts";
import { createGenerations } from "./desired/generation.ts";
import type { App } from "./http/app.ts";
import { createThrottle } from "./http/limits/throttle.ts";
import { beginServing, listen, stopListening } from "./http/listen.ts";
import { createMetrics } from "./http/metrics.ts";
import { listenForMetrics } from "./http/metrics-listener.ts";
import { createServer } from "./http/server.ts";
import { registerStateMetrics } from "./http/state-metrics.ts";
import { openIdentity } from "./identity/identity.ts";
import { type Installation, openInstallation } from "./identity/installation.ts";
import { forgetSignInsRegularly } from "./identity/people/forget-sign-ins.ts";
import { forgetActivityRegularly } from "./jobs/forget-activity.ts";
import { forgetChartsRegularly } from "./jobs/forget-charts.ts";
import { forgetOperationsRegularly } from "./jobs/forget-operations.ts";
import { createLeases } from "./jobs/leases.ts";
import { resumeRegularly } from "./jobs/resume.ts";
import { createUpgrades } from "./jobs/upgrade-followers.ts";
import { createLogger } from "./log.ts";
import { openPki } from "./pki/pki.ts";
import { originOf, publicUrlOf, serverNamesOf } from "./public-url.ts";
import { writeAtomically } from "./secrets/private-file.ts";
import { openSecrets } from "./secrets/secrets.ts";
import type { Services } from "./services.ts";
import { parseSettings, type Settings, type SettingsInput } from "./settings.ts";

/** How long running requests may go on after a stop was asked for. */
const stopGraceMs = 5000;

export interface ControlPlane {
  /** The public origin. */
  readonly endpoint: string;
  /** Everything a first client needs; the same is in `connectionFile`. */
  readonly connection: Connection;
  readonly connectionFile: string;
  readonly services: Services;
  /** The application, for requests without a socket. */
  readonly app: App;
  /** Finishes what was accepted, then stops. */
  close(): Promise<void>;
}

export interface StartOptions {
  readonly log?: Logger;
  readonly clock?: Clock;
}

/** Starts a control plane: everything it needs is made on the first start and found again on the next. */
export async function startControlPlane(input: SettingsInput, options: StartOptions = {}): Promise<ControlPlane> {
  const settings = parseSettings(input);
  const dataDir = resolve(settings.dataDir);
  const clock = options.clock ?? systemClock;
  const log = options.log ?? createLogger(settings);
  const metrics = createMetrics();
  let isDraining = false;
  // Undone in reverse order by close(), and when the start fails half-way.
  const undo: (() => unknown)[] = [];
  const close = async (): Promise<void> => {
    for (let step = undo.pop(); step; step = undo.pop()) await step();
  };

  try {
    const store = await openDatabase({
      settings,
      dataDir,
      log,
      onCommit: ({ writes, commitMs }) => {
        metrics.batchSize.observe(writes);
        metrics.commits.observe(commitMs / 1000);
      },
    });
    undo.push(() => store.close());
    const activity = createActivityLog({ store, clock, log, metrics });
    undo.push(() => activity.close());
    const keys = { ...settings, dataDir };
    const onKeyError = (error: unknown): void => log.error({ err: error }, "the keys of secret values cannot be read");
    const secrets = await openSecrets({ store, keys, clock, onError: onKeyError });
    undo.push(() => secrets.close());
    const installation = await openInstallation(store, secrets, clock);
    const pki = await openPki(
      { store, secrets, dataDir, serverNames: serverNamesOf(settings), given: givenCertificateOf(settings) },
      clock,
    );
    const listening = await listen(settings, await pki.serverCertificate(), metrics);
    undo.push(() => stopListening(listening, stopGraceMs));
    const { server, port } = listening;
    const publicUrl = publicUrlOf(settings, port);

    const otherOrigins = ["localhost", "127.0.0.1", ...serverNamesOf(settings)].map((name) => originOf(name, port));
    const { tenantId, subscriptionId } = installation;
    const identity = await openIdentity({
      store,
      secrets,
      clock,
      tenantId,
      publicUrl,
      otherOrigins,
      trustedIssuers: settings.trustedIssuers,
    });
    const grants = createGrants(store, clock);
    const roles = createRoles(store, clock);
    const access = createAuthorizer(grants, roles);
    const catalogue = await openCatalogue({
      chartDirs: settings.chartDirs,
      dataChartDir: join(dataDir, "charts"),
      publicUrl,
    });
    const services: Services = {
      settings,
      publicUrl,
      tenantId,
      subscriptionId,
      store,
      log,
      clock,
      metrics,
      authenticate: identity.authenticate,
      authorize: access.authorize,
      access,
      grants,
      roles,
      throttle: createThrottle(settings.throttling, clock, metrics),
      identities: identity.applications,
      identity,
      pki,
      secrets,
      catalogue,
      extensionTypes: createExtensionTypes({ catalogue, store, subscriptionId, publicUrl }),
      upgrades: createUpgrades(() => services),
      leases: createLeases(store, {
        onBegin: (work) => metrics.leases.inc({ work }),
        onEnd: (work, result) => {
          metrics.leases.dec({ work });
          metrics.jobs.inc({ work, result });
        },
      }),
      generations: createGenerations(store),
      activity,
      isDraining: () => isDraining,
    };
    undo.push(() => services.generations.close());

    const app = await createServer(services, server);
    undo.push(() => app.close());
    undo.push(forgetOperationsRegularly(services));
    undo.push(forgetActivityRegularly(services));
    undo.push(forgetSignInsRegularly(services));
    undo.push(
      pki.watchServerCertificate(
        ({ keyPem, certificatePem }) => server.setSecureContext({ key: keyPem, cert: certificatePem }),
        (error) => log.error({ err: error }, "the server's certificate could not be renewed"),
      ),
    );
    undo.push(forgetChartsRegularly(services));
    undo.push(() => services.leases.close());
    undo.push(() => services.upgrades.close());
    undo.push(await resumeRegularly(services));
    registerStateMetrics(services);
    if (settings.metricsPort !== undefined) {
      const where = { host: settings.metricsHost, port: settings.metricsPort };
      const onError = (error: unknown): void => log.error({ err: error }, "metrics could not be collected");
      const metricsListener = await listenForMetrics(metrics.registry, where, onError);
      undo.push(() => metricsListener.close());
      log.info({ host: where.host, port: metricsListener.port }, "metrics are served");
    }
    beginServing(server);
    undo.push(async () => {
      isDraining = true;
      await delay(settings.drainMs);
    });

    const connection = connectionOf(publicUrl, pki.caFile, installation);
    const connectionFile = join(dataDir, "connection.json");
    await writeAtomically(connectionFile, `${JSON.stringify(connection, null, 2)}\n`);
    log.info({ endpoint: publicUrl, dataDir }, "the control plane is ready");
    return { endpoint: publicUrl, connection, connectionFile, services, app, close };
  } catch (error) {
    await close();
    throw error;
  }
}

const givenCertificateOf = ({ tlsCertFile, tlsKeyFile, tlsCaFile }: Settings) =>
  tlsCertFile === undefined || tlsKeyFile === undefined
    ? undefined
    : { certFile: tlsCertFile, keyFile: tlsKeyFile, caFile: tlsCaFile };

const connectionOf = (endpoint: string, caFile: string, installation: Installation): Connection =>
  Connection.parse({
    endpoint,
    authority: endpoint,
    caFile,
    tenantId: installation.tenantId,
    subscriptionId: installation.subscriptionId,
    clientId: installation.ownerClientId,
    clientSecret: installation.ownerClientSecret,
  });
