import { resourceGroup } from "@arcfleet/contract";
import { z } from "zod";
import { ArmRequestError } from "../arm-client/error.ts";
import type { Hooks } from "../kinds/resource-kind.ts";
import type { LifecycleContext } from "../lifecycle/context.ts";

/**
 * ARM knows no "create only if new" for groups, and deleting one deletes what is in it. So a group that holds something is never
 * taken over silently: the next destroy would delete what this program has not made. An empty one is what an interrupted run left.
 */
export const resourceGroupHooks: Hooks = {
  async prepare(context, { id, before }) {
    if (before === undefined && (await holdsSomething(context, id))) {
      throw new ArmRequestError(`The ${resourceGroup.singular} ${id} exists already, and there are resources in it.`, {
        code: "NameTaken",
        hint:
          "If this program declares them, give them the ResourceGroup itself instead of its name, so that it comes first; " +
          "if somebody else made them, use `ResourceGroup.get`, or `adopt: true` to own the group: deleting it deletes what is in it.",
      });
    }
    return {};
  },
};

async function holdsSomething({ client, signal }: LifecycleContext, id: string): Promise<boolean> {
  const { providerApiVersion } = resourceGroup;
  if ((await client.get(id, providerApiVersion, signal)) === undefined) return false;
  const { value } = await client.page(`${id}/resources?api-version=${providerApiVersion}&$top=1`, z.unknown(), signal);
  return value.length > 0;
}
