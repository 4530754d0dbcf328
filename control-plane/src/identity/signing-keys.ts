import type { RotationMode, SigningKey as SigningKeyFacts } from "@arcfleet/contract";
import { type CryptoKey, calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type JWK } from "jose";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { Secrets } from "../secrets/secrets.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
const ROTATE_AFTER_MS = 30 * DAY_MS;
/** A new key is published this long before it signs; an old one stays for as long after. Tokens live for an hour. */
const OVERLAP_MS = DAY_MS;
/** How long another process may go on with a key that was revoked here. */
const REFRESH_AFTER_MS = 30 * 1000;
const REFRESH_FOR_UNKNOWN_AFTER_MS = 5000;

export const signingAlgorithm = "RS256";

interface SigningKey {
  readonly kid: string;
  readonly activeFrom: number;
  readonly publicJwk: JWK;
  readonly publicKey: CryptoKey;
  readonly privateKey: CryptoKey;
}

/** The keys of the token issuer. They live in the database, so that tokens outlive a restart and replicas agree. */
export interface SigningKeys {
  /** The key that signs now. */
  current(): Promise<{ readonly kid: string; readonly privateKey: CryptoKey }>;
  /** The public key with this id, if it is or recently was one of ours. */
  find(kid: string): Promise<CryptoKey | undefined>;
  /** The JSON Web Key Set. */
  published(): Promise<{ readonly keys: readonly JWK[] }>;
  list(): Promise<readonly SigningKeyFacts[]>;
  /** Makes a new key now. */
  rotate(mode: RotationMode): Promise<void>;
}

export interface SigningKeysOptions {
  readonly store: Store;
  readonly secrets: Secrets;
  readonly clock: Clock;
}

const JsonWebKeyText = z.string().transform((text, context) => {
  const jwk = z.looseObject({ kty: z.literal("RSA"), n: z.string(), e: z.string() }).safeParse(JSON.parse(text));
  if (jwk.success) return jwk.data;
  context.addIssue("is not an RSA key");
  return z.NEVER;
});

const sealContext = (kid: string): string => `signing-key:${kid}`;

async function importRsa(text: string): Promise<CryptoKey> {
  const key = await importJWK(JsonWebKeyText.parse(text), signingAlgorithm);
  if (key instanceof Uint8Array) throw new Error("A signing key must be an RSA key");
  return key;
}

interface NewKey {
  readonly signsAfterMs: number;
  /** Takes the place of all others. */
  readonly isOnly?: boolean;
  /** Not made when there is one: of replicas that start together on an empty database one makes it, and no other signs with its own. */
  readonly isFirst?: boolean;
}

/** Makes a key and saves it. */
async function createKey(
  { store, secrets, clock }: SigningKeysOptions,
  { signsAfterMs, isOnly = false, isFirst = false }: NewKey,
): Promise<void> {
  const pair = await generateKeyPair(signingAlgorithm, { modulusLength: 2048, extractable: true });
  const jwk = await exportJWK(pair.publicKey);
  const kid = await calculateJwkThumbprint(jwk);
  const now = clock.now().getTime();
  const row = {
    kid,
    public_jwk: JSON.stringify({ ...jwk, kid, use: "sig", alg: signingAlgorithm }),
    private_jwk: secrets.seal(JSON.stringify(await exportJWK(pair.privateKey)), sealContext(kid)),
    active_from: new Date(now + signsAfterMs).toISOString(),
    created_at: new Date(now).toISOString(),
  };
  await store.write(async (tx) => {
    if (isFirst && (await tx.selectFrom("signing_keys").select("kid").limit(1).executeTakeFirst())) return;
    if (isOnly) await tx.deleteFrom("signing_keys").execute();
    await tx.insertInto("signing_keys").values(row).execute();
  });
}

async function loadKeys({ store, secrets }: SigningKeysOptions): Promise<SigningKey[]> {
  const rows = await store.read.selectFrom("signing_keys").selectAll().orderBy("active_from").orderBy("kid").execute();
  return Promise.all(
    rows.map(async (row) => ({
      kid: row.kid,
      activeFrom: Date.parse(row.active_from),
      publicJwk: JsonWebKeyText.parse(row.public_jwk),
      publicKey: await importRsa(row.public_jwk),
      privateKey: await importRsa(secrets.open(row.private_jwk, sealContext(row.kid))),
    })),
  );
}

/** Opens the keys; the first start makes one. Rotation happens while the keys are used, at the first call that finds it due. */
export async function openSigningKeys(options: SigningKeysOptions): Promise<SigningKeys> {
  const { store, clock } = options;
  let keys: readonly SigningKey[] = [];
  let refreshedAt = Number.NEGATIVE_INFINITY;
  let refreshing: Promise<void> | undefined;

  const refresh = async (): Promise<void> => {
    const now = clock.now().getTime();
    let loaded = await loadKeys(options);
    const newest = loaded.at(-1);
    if (newest === undefined || newest.activeFrom < now - ROTATE_AFTER_MS) {
      const isFirst = newest === undefined;
      await createKey(options, { signsAfterMs: isFirst ? 0 : OVERLAP_MS, isFirst });
      loaded = await loadKeys(options);
    }
    const isObsolete = (_: SigningKey, index: number): boolean =>
      (loaded[index + 1]?.activeFrom ?? Number.POSITIVE_INFINITY) < now - OVERLAP_MS;
    const obsolete = loaded.filter(isObsolete).map(({ kid }) => kid);
    if (obsolete.length > 0) {
      await store.write((tx) => tx.deleteFrom("signing_keys").where("kid", "in", obsolete).execute());
    }
    keys = loaded.filter(({ kid }) => !obsolete.includes(kid));
    refreshedAt = now;
  };
  const refreshIfOlderThan = async (ageMs: number): Promise<void> => {
    if (clock.now().getTime() - refreshedAt < ageMs) return;
    refreshing ??= refresh().finally(() => {
      refreshing = undefined;
    });
    await refreshing;
  };

  const current = (): SigningKey => {
    const now = clock.now().getTime();
    const key = keys.findLast(({ activeFrom }) => activeFrom <= now) ?? keys[0];
    if (key === undefined) throw new Error("The token issuer has no signing key");
    return key;
  };

  await refresh();
  return {
    async current() {
      await refreshIfOlderThan(REFRESH_AFTER_MS);
      return current();
    },
    async list() {
      await refreshIfOlderThan(REFRESH_AFTER_MS);
      const { kid: currentKid } = current();
      return keys.map(({ kid, activeFrom }) => ({
        kid,
        activeFrom: new Date(activeFrom).toISOString(),
        isCurrent: kid === currentKid,
      }));
    },
    async rotate(mode) {
      const signsAfterMs = { scheduled: OVERLAP_MS, soon: REFRESH_AFTER_MS + 5000, revoke: 0 }[mode];
      await createKey(options, { signsAfterMs, isOnly: mode === "revoke" });
      await refresh();
    },
    async find(kid) {
      await refreshIfOlderThan(REFRESH_AFTER_MS);
      const known = keys.find((key) => key.kid === kid);
      if (known !== undefined) return known.publicKey;
      // Another replica may have made it a moment ago; the limit keeps forged ids from costing a read each.
      await refreshIfOlderThan(REFRESH_FOR_UNKNOWN_AFTER_MS);
      return keys.find((key) => key.kid === kid)?.publicKey;
    },
    async published() {
      await refreshIfOlderThan(REFRESH_AFTER_MS);
      return { keys: keys.map(({ publicJwk }) => publicJwk) };
    },
  };
}
