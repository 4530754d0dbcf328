import { z } from "zod";
import type { Store } from "./store.ts";

/**
 * A move of the content to another database. In the one that is left, `copying` and then `moved`; in the one that is filled, `incoming`
 * until it is complete.
 */
export const MoveState = z.object({
  /** The same on both sides. */
  id: z.string(),
  state: z.enum(["copying", "moved", "incoming"]),
  /** Where to, for people: host and database, without credentials. */
  to: z.string(),
  /** Until when the database that is left refuses writes, in milliseconds since 1970. Read by its triggers. */
  refusesUntil: z.number().default(0),
  /** How far the changes of the one were applied to the other. */
  appliedChange: z.number().default(0),
  at: z.string(),
});
export type MoveState = z.infer<typeof MoveState>;

export const MOVE = "move";
/** What triggers say when they refuse a write, and how it is recognised. */
export const REFUSED_BY_MOVE = "arcfleet: this database is moving";

/** @throws when the content of the database is elsewhere, or not yet complete. */
export async function refuseMovedStore({ read }: Pick<Store, "read">): Promise<void> {
  const row = await read.selectFrom("store_state").select("value").where("name", "=", MOVE).executeTakeFirst();
  if (row === undefined) return;
  const move = MoveState.parse(JSON.parse(row.value));
  if (move.state === "moved") {
    throw new Error(
      `The content of this database moved to ${move.to} (${move.at}), and this copy is out of date: start with --database-url-file and that database`,
    );
  }
  if (move.state === "incoming") {
    throw new Error(
      "This database is being filled by 'arcfleet migrate-store' and is not complete: let that command finish, or run it again",
    );
  }
}
