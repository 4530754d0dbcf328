import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openStore } from "../../src/db/open-store.ts";
import type { Store } from "../../src/db/store.ts";
import type { KeySourceSettings } from "../../src/secrets/key-source.ts";
import { type OpenSecrets, openSecrets } from "../../src/secrets/secrets.ts";
import { type TestClock, testClock } from "./identity-fixture.ts";

/** A database with its sealed values; `open` is what a replica does at its start. */
export interface VaultFixture extends AsyncDisposable {
  readonly dir: string;
  readonly store: Store;
  readonly clock: TestClock;
  open(keys?: Partial<KeySourceSettings>): Promise<OpenSecrets>;
}

export async function vaultFixture(file = "test.db"): Promise<VaultFixture> {
  const dir = await mkdtemp(join(tmpdir(), "arcfleet-vault-"));
  const store = await openStore({ file: join(dir, file) });
  const clock = testClock();
  const opened: OpenSecrets[] = [];
  return {
    dir,
    store,
    clock,
    async open(keys = {}) {
      const secrets = await openSecrets({ store, clock, keys: { dataDir: dir, ...keys } });
      opened.push(secrets);
      return secrets;
    },
    async [Symbol.asyncDispose]() {
      for (const secrets of opened) secrets.close();
      await store.close();
      await rm(dir, { recursive: true, force: true });
    },
  };
}
