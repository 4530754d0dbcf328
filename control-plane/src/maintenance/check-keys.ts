import { OWNER_SECRET_CONTEXT } from "../identity/installation.ts";
import { opener } from "../secrets/envelope.ts";
import { unwrapKey } from "../secrets/key-ring.ts";
import type { KeySource } from "../secrets/key-source.ts";
import type { Session } from "./session.ts";

/** Opens every key of a database and one of its secrets. @throws naming what is missing. */
export async function checkKeys(session: Session, source: KeySource): Promise<void> {
  const { rows } = await session.run("select id, wrapped, wrapped_by from data_encryption_keys");
  const keys = new Map<string, Buffer>();
  for (const row of rows) {
    const id = String(row.id);
    keys.set(id, await unwrapKey(source, { id, wrapped: String(row.wrapped), wrapped_by: String(row.wrapped_by) }));
  }
  const find = (id: string): Buffer => {
    const key = keys.get(id);
    if (key === undefined) throw new Error(`The database lacks its key '${id}'`);
    return key;
  };
  const facts = await session.run("select value from installation where name = 'ownerClientSecret'");
  const [fact] = facts.rows;
  if (fact === undefined) throw new Error("The database has no installation: it was never used");
  opener({ source, find }).open(String(fact.value), OWNER_SECRET_CONTEXT);
}
