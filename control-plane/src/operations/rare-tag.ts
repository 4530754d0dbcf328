import type { Expression, Kysely, SqlBool } from "kysely";
import { expressionBuilder } from "kysely";
import type { Tables } from "../db/tables.ts";

/** A tag that more have is soon met on the way through the resources. */
const few = 2000;

/**
 * The resources that have a tag of this name, whatever its value, as a condition; nothing where many have it. An index of names in the order
 * of resources would make this needless, and each PUT of a cluster with twenty tags a fifth dearer.
 */
export async function rareTag(db: Kysely<Tables>, name: string): Promise<readonly Expression<SqlBool>[]> {
  const tagged = db.selectFrom("resource_tags").where("resource_tags.name", "=", name);
  const some = await db
    .selectFrom(
      tagged
        .select("resource_tags.resource_key")
        .limit(few + 1)
        .as("some"),
    )
    .select(({ fn }) => fn.countAll().as("count"))
    .executeTakeFirstOrThrow();
  if (Number(some.count) > few) return [];
  const build = expressionBuilder<Tables, "resources">();
  return [build("resources.key", "in", tagged.select("resource_tags.resource_key"))];
}
