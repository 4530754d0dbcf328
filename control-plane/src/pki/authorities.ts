import { randomUUID } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import type { AuthoritiesTable } from "../db/vault-tables.ts";
import { putAside, readIfPresent } from "../secrets/private-file.ts";
import type { Secrets } from "../secrets/secrets.ts";
import { type CertificateAuthority, makeCa, readCertificateAuthority } from "./certificate-authority.ts";
import { readKeyedPem } from "./keyed-pem.ts";
import { X509Certificate } from "./x509.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** A CA's successor is made this long before its end, and published from then on. */
const RENEW_BEFORE_END_MS = 3 * 365 * DAY_MS;
/** It signs only this much later: by then it is in every client's trust, if that is renewed once in two years. */
const PUBLISHED_BEFORE_SIGNING_MS = 2 * 365 * DAY_MS;

type Purpose = AuthoritiesTable["purpose"];

export interface Authorities {
  /** The one that signs now. */
  readonly signing: CertificateAuthority;
  /** The certificates of all that must be trusted, the signing one first, as one PEM text. */
  readonly trustedPem: string;
}

export interface AuthoritiesOptions {
  readonly store: Pick<Store, "read" | "write">;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** Where earlier versions kept the CAs as files. */
  readonly dataDir: string;
}

const sealContext = (id: string): string => `authority:${id}`;

/**
 * Opens the authorities for one purpose. The first start takes over the file of an earlier version, or makes one; near its end a
 * CA gets a successor. To be called again from time to time, for another replica's successor and for the day it begins to sign.
 */
export async function openAuthorities(options: AuthoritiesOptions, purpose: Purpose): Promise<Authorities> {
  const { clock } = options;
  let rows = await load(options, purpose);
  if (rows.length === 0) {
    await addFirst(options, purpose);
    rows = await load(options, purpose);
  }
  const newest = rows.at(-1);
  if (newest !== undefined && endOf(newest) - clock.now().getTime() < RENEW_BEFORE_END_MS) {
    const now = clock.now();
    const text = await makeCa(`arcfleet ${purpose} CA ${now.getUTCFullYear()}`, now);
    await add(options, purpose, { text, activeFromMs: now.getTime() + PUBLISHED_BEFORE_SIGNING_MS, after: newest.id });
    rows = await load(options, purpose);
  }
  const now = clock.now();
  const valid = rows.filter((row) => endOf(row) > now.getTime());
  const signing = valid.findLast(({ active_from }) => active_from <= now.toISOString()) ?? valid[0];
  if (signing === undefined)
    throw new Error(`The ${purpose} CA has ended; is the clock right, which says ${now.toISOString()}?`);
  const text = options.secrets.open(signing.private_key, sealContext(signing.id));
  return {
    signing: await readCertificateAuthority(text, `The ${purpose} CA of the database`, clock),
    trustedPem: [signing, ...valid.filter((row) => row !== signing)].map(({ certificate }) => certificate).join(""),
  };
}

async function addFirst(options: AuthoritiesOptions, purpose: Purpose): Promise<void> {
  const file = join(options.dataDir, "pki", `${purpose}-ca.pem`);
  const imported = await readIfPresent(file);
  if (imported !== undefined) await readKeyedPem(imported, file);
  const now = options.clock.now();
  const text = imported ?? (await makeCa(`arcfleet ${purpose} CA`, now));
  const isAdded = await add(options, purpose, { text, activeFromMs: now.getTime(), after: undefined });
  // Only now that it is surely in the database. It gets another name because it is worth a backup, and must not be taken for the one in use.
  if (imported !== undefined && isAdded) await putAside(file, ".imported");
}

interface NewAuthority {
  readonly text: string;
  readonly activeFromMs: number;
  /** The newest one there is; when another process has added one, nothing happens. */
  readonly after: string | undefined;
}

async function add(options: AuthoritiesOptions, purpose: Purpose, made: NewAuthority): Promise<boolean> {
  const { store, secrets, clock } = options;
  const { privateKeyPem, certificatePem } = await readKeyedPem(made.text, `The new ${purpose} CA`);
  const id = randomUUID();
  const row = {
    id,
    purpose,
    certificate: certificatePem,
    private_key: secrets.seal(`${privateKeyPem}\n${certificatePem}`, sealContext(id)),
    active_from: new Date(made.activeFromMs).toISOString(),
    created_at: clock.now().toISOString(),
  };
  return store.write(async (tx) => {
    const newest = await tx
      .selectFrom("authorities")
      .select("id")
      .where("purpose", "=", purpose)
      .orderBy("active_from", "desc")
      .orderBy("id", "desc")
      .limit(1)
      .executeTakeFirst();
    if (newest?.id !== made.after) return false;
    await tx.insertInto("authorities").values(row).execute();
    return true;
  });
}

const load = ({ store }: AuthoritiesOptions, purpose: Purpose): Promise<AuthoritiesTable[]> =>
  store.read
    .selectFrom("authorities")
    .selectAll()
    .where("purpose", "=", purpose)
    .orderBy("active_from")
    .orderBy("id")
    .execute();

const endOf = ({ certificate }: AuthoritiesTable): number => new X509Certificate(certificate).notAfter.getTime();
