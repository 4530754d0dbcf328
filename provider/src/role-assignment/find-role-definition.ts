import { roleAssignment } from "@arcfleet/contract";
import { z } from "zod";
import { ArmRequestError } from "../arm-client/error.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";
import { closeTo } from "./close-to.ts";

const RoleDefinitions = z.object({
  value: z.array(z.object({ id: z.string(), properties: z.object({ roleName: z.string() }) })),
});

/** The id of a role that is written as its name, as a GUID or as an id. */
export async function findRoleDefinition(context: LifecycleContext, scope: string, wanted: string): Promise<string> {
  if (wanted.includes("/") || roleAssignment.name.pattern.test(wanted)) return idOf(context, wanted);
  const [found] = await listRoles(context, scope, `roleName eq '${wanted.replaceAll("'", "''")}'`);
  if (found !== undefined) return found.id;
  const names = (await listRoles(context, scope)).map(({ properties }) => properties.roleName);
  const close = closeTo(wanted, names);
  const shown = (close.length > 0 ? close : names).map((name) => `'${name}'`);
  throw new ArmRequestError(
    `There is no role '${wanted}'. ${close.length > 0 ? `Did you mean ${shown.join(" or ")}?` : `There are: ${shown.join(", ")}.`}`,
    { code: "RoleDefinitionDoesNotExist", hint: "`roleDefinition` takes the name, the GUID or the id of a role." },
  );
}

const idOf = ({ settings }: LifecycleContext, wanted: string): string =>
  wanted.includes("/")
    ? wanted
    : `/subscriptions/${settings.subscriptionId}/providers/Microsoft.Authorization/roleDefinitions/${wanted}`;

async function listRoles({ client, signal }: LifecycleContext, scope: string, filter?: string) {
  const query = new URLSearchParams({
    "api-version": roleAssignment.providerApiVersion,
    ...(filter === undefined ? {} : { $filter: filter }),
  });
  const url = `${scope}/providers/Microsoft.Authorization/roleDefinitions?${query}`;
  return RoleDefinitions.parse((await client.send({ method: "GET", url, signal })).body).value;
}
