import type { Store } from "../../db/store.ts";
import type { Applications } from "../applications.ts";

/** Whoever can be given a role, as ARM and the directory show them. */
export interface Principal {
  readonly principalId: string;
  readonly type: "ServicePrincipal" | "User";
  readonly name: string;
  /** Of a service principal. */
  readonly appId?: string;
}

/** Finds a principal of this control plane by its object id. Those of outside issuers are not in the directory. */
export async function findPrincipal(
  { applications, store }: { readonly applications: Applications; readonly store: Store },
  principalId: string,
): Promise<Principal | undefined> {
  const id = principalId.toLowerCase();
  const application = await applications.findByPrincipal(id);
  if (application !== undefined) {
    const { appId, name } = application;
    return { principalId: id, type: "ServicePrincipal", name, appId };
  }
  const user = await store.read.selectFrom("users").select("name").where("user_id", "=", id).executeTakeFirst();
  return user && { principalId: id, type: "User", name: user.name };
}
