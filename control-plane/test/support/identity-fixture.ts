import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { testDatabase } from "../../../tests/support/test-database.ts";
import type { Clock } from "../../src/clock.ts";
import { openStore } from "../../src/db/open-store.ts";
import { openPostgresStore } from "../../src/db/postgres/open-postgres-store.ts";
import type { Store } from "../../src/db/store.ts";
import { type Identity, openIdentity } from "../../src/identity/identity.ts";
import { type Installation, openInstallation } from "../../src/identity/installation.ts";
import { type OpenSecrets, openSecrets } from "../../src/secrets/secrets.ts";

export const publicUrl = "https://127.0.0.1:8443";

/** A clock that the test moves. */
export interface TestClock extends Clock {
  advance(ms: number): void;
}

export function testClock(): TestClock {
  let offsetMs = 0;
  return {
    now: () => new Date(Date.now() + offsetMs),
    advance(ms) {
      offsetMs += ms;
    },
  };
}

/** The identity half of a control plane over a real database in a folder of its own. */
export interface IdentityFixture {
  readonly clock: TestClock;
  readonly dir: string;
  store: Store;
  secrets: OpenSecrets;
  installation: Installation;
  identity: Identity;
  /** Closes everything and opens it again, as a new process would. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

export async function identityFixture(): Promise<IdentityFixture> {
  const dir = await mkdtemp(join(tmpdir(), "arcfleet-identity-"));
  const clock = testClock();
  const { database } = await testDatabase();
  const open = async () => {
    const store = await (database === undefined
      ? openStore({ file: join(dir, "test.db") })
      : openPostgresStore({ url: database }));
    const secrets = await openSecrets({ store, keys: { dataDir: dir }, clock });
    const installation = await openInstallation(store, secrets, clock);
    const { tenantId } = installation;
    const identity = await openIdentity({
      store,
      secrets,
      clock,
      tenantId,
      publicUrl,
      otherOrigins: ["https://localhost:8443"],
    });
    return { store, secrets, installation, identity };
  };
  const fixture: IdentityFixture = {
    clock,
    dir,
    ...(await open()),
    async restart() {
      fixture.secrets.close();
      await fixture.store.close();
      Object.assign(fixture, await open());
    },
    async close() {
      fixture.secrets.close();
      await fixture.store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
  return fixture;
}
