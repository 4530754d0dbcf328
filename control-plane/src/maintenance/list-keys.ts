import type { Clock } from "../clock.ts";
import type { Store } from "../db/store.ts";
import { X509Certificate } from "../pki/x509.ts";
import type { KeySource } from "../secrets/key-source.ts";
import { countUses } from "./rotate-keys.ts";

export interface ListedKey {
  readonly kind: "data" | "master" | "signing" | "authority";
  readonly id: string;
  readonly state: string;
  readonly since: string;
  /** What wraps or holds it, what it is for. */
  readonly detail: string;
}

/** Every key of an installation, without a secret part. */
export async function listKeys(store: Store, source: KeySource, clock: Clock): Promise<ListedKey[]> {
  const now = clock.now().toISOString();
  return [
    ...(await masterKeys(store, source)),
    ...(await dataKeys(store, now)),
    ...(await signingKeys(store, now)),
    ...(await authorities(store, now)),
  ];
}

/** Of keys in their order, the last that is active is the one in use. */
function stateOf(activeFrom: readonly string[], index: number, now: string): string {
  const current = activeFrom.findLastIndex((from) => from <= now);
  if (index === current) return "current";
  return index > current ? "next" : "old";
}

async function dataKeys(store: Store, now: string): Promise<ListedKey[]> {
  const rows = await store.read
    .selectFrom("data_encryption_keys")
    .selectAll()
    .orderBy("active_from")
    .orderBy("id")
    .execute();
  const usable = rows.filter(({ retired_at }) => retired_at === null);
  const listed: ListedKey[] = [];
  for (const row of rows) {
    const count = await countUses(store, `v2.${row.id}.`);
    const state =
      row.retired_at === null
        ? stateOf(
            usable.map(({ active_from }) => active_from),
            usable.indexOf(row),
            now,
          )
        : "retired";
    const detail = `wrapped by ${row.wrapped_by}; seals ${count} values`;
    listed.push({ kind: "data", id: row.id, state, since: row.active_from, detail });
  }
  return listed;
}

async function masterKeys(store: Store, source: KeySource): Promise<ListedKey[]> {
  const wrapped = await store.read.selectFrom("data_encryption_keys").select("wrapped_by").execute();
  const ids = [
    ...new Set([
      source.current.id,
      ...source.masterKeyIds.map((id) => `file:${id}`),
      ...wrapped.map((row) => row.wrapped_by),
    ]),
  ];
  const listed: ListedKey[] = [];
  for (const id of ids) {
    const count = wrapped.filter(({ wrapped_by }) => wrapped_by === id).length;
    const direct = id.startsWith("file:") ? await countUses(store, `v1.${id.slice("file:".length)}.`) : 0;
    const place = source.find(id) === undefined ? "MISSING" : `in ${source.description}`;
    const older = direct === 0 ? "" : `; seals ${direct} values of an earlier version`;
    const state = id === source.current.id ? "current" : "old";
    listed.push({ kind: "master", id, state, since: "", detail: `${place}; wraps ${count} keys${older}` });
  }
  return listed;
}

async function signingKeys(store: Store, now: string): Promise<ListedKey[]> {
  const rows = await store.read.selectFrom("signing_keys").selectAll().orderBy("active_from").orderBy("kid").execute();
  const from = rows.map(({ active_from }) => active_from);
  return rows.map(({ kid, active_from }, index) => ({
    kind: "signing",
    id: kid,
    state: stateOf(from, index, now),
    since: active_from,
    detail: "signs access tokens",
  }));
}

async function authorities(store: Store, now: string): Promise<ListedKey[]> {
  const rows = await store.read.selectFrom("authorities").selectAll().orderBy("active_from").execute();
  return rows.map((row) => {
    const same = rows.filter(({ purpose }) => purpose === row.purpose);
    const from = same.map(({ active_from }) => active_from);
    const { notAfter } = new X509Certificate(row.certificate);
    return {
      kind: "authority",
      id: row.id,
      state: stateOf(from, same.indexOf(row), now),
      since: row.active_from,
      detail: `${row.purpose} CA, ends ${notAfter.toISOString().slice(0, 10)}`,
    };
  });
}
