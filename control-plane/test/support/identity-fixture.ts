import { join } from "node:path";
import { testDatabase } from "../../../tests/support/test-database.ts";
import type { Clock } from "../../src/clock.ts";
import { openStore } from "../../src/db/open-store.ts";
import { openPostgresStore } from "../../src/db/postgres/open-postgres-store.ts";
import type { Store } from "../../src/db/store.ts";
import { type Identity, openIdentity } from "../../src/identity/identity.ts";
import { type Installation, openInstallation } from "../../src/identity/installation.ts";
import { type OpenSecrets, openSecrets } from "../../src/secrets/secrets.ts";
import { tempFolder } from "./temp-folder.ts";

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
  await using started = new AsyncDisposableStack();
  const { path: dir } = started.use(await tempFolder());
  const { database } = started.use(await testDatabase()).settings;
  const clock = testClock();
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
  const opened = await open();
  const disposal = started.move();
  const fixture: IdentityFixture = {
    clock,
    dir,
    ...opened,
    async restart() {
      fixture.secrets.close();
      await fixture.store.close();
      Object.assign(fixture, await open());
    },
    async close() {
      fixture.secrets.close();
      await fixture.store.close();
      await disposal.disposeAsync();
    },
  };
  return fixture;
}
