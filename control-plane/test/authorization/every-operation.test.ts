import { randomUUID } from "node:crypto";
import { connectedCluster, fullType, type Operation, operations } from "@arcfleet/contract";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { builtInRoles } from "../../src/authorization/built-in-roles.ts";
import { addAssignment } from "../../src/authorization/role-assignments.ts";
import { addApplication } from "../../src/identity/applications.ts";
import { type Running, runControlPlane } from "../support/running.ts";
import { type RoleName, ruleFor, rules } from "./who-may-what.ts";

/*
 * Every call, asked by somebody with each built-in role, held at each of four places, over HTTP with a token of its own. Nothing that is
 * asked for exists: whoever may ask is told so, and only who may not is refused.
 */

const places = ["the subscription", "the group", "the cluster", "another group"] as const;
type Place = (typeof places)[number];

const names: Readonly<Record<string, string>> = { resourceGroupName: "fleet", connectedClusterName: "edge" };

let running: Running;
let subscription: string;
const tokens = new Map<string, string>();
const tokenOf = (role: RoleName, place: Place): string => tokens.get(`${role} at ${place}`) ?? "";

beforeAll(async () => {
  running = await runControlPlane();
  const { services, connection, endpoint } = running.controlPlane;
  subscription = `/subscriptions/${connection.subscriptionId}`;
  const scopes: Readonly<Record<Place, string>> = {
    "the subscription": subscription,
    "the group": `${subscription}/resourceGroups/fleet`,
    "the cluster": `${subscription}/resourceGroups/fleet/providers/${fullType(connectedCluster)}/edge`,
    "another group": `${subscription}/resourceGroups/other`,
  };
  const newPerson = (name: string, grant?: { readonly role: string; readonly scope: string }) =>
    services.store.write(async (tx) => {
      const person = await addApplication(tx, { kind: "Application", name }, running.clock);
      const { principalId } = person;
      const assignment = { principalId, principalType: "ServicePrincipal", createdBy: principalId };
      if (grant) await addAssignment(tx, { ...grant, ...assignment }, running.clock);
      return person;
    });
  const remember = async (name: string, grant?: { readonly role: string; readonly scope: string }) =>
    tokens.set(name, (await services.identity.issuer.issue(await newPerson(name, grant), endpoint)).accessToken);
  await remember("nobody");
  for (const [role, { id }] of Object.entries(builtInRoles)) {
    for (const place of places) await remember(`${role} at ${place}`, { role: id, scope: scopes[place] });
  }
});
afterAll(() => running.close());

/** Where a role must be held to count for the call: what its path names, and all above. */
function placesOf(operation: Operation, isFiltered: boolean): readonly Place[] {
  const isInCluster = operation.path.includes("{connectedClusterName}") || operation.id === "HelmSettings_Get";
  const isInGroup = isInCluster || operation.path.includes("{resourceGroupName}");
  if (isInCluster) return ["the subscription", "the group", "the cluster"];
  if (isInGroup)
    return isFiltered ? ["the subscription", "the group", "the cluster"] : ["the subscription", "the group"];
  return isFiltered ? places : ["the subscription"];
}

async function statusOf({ id, method, path, apiVersions }: Operation, token: string): Promise<number> {
  const filled = path
    .replaceAll("{subscriptionId}", running.controlPlane.connection.subscriptionId)
    .replaceAll(/\{([^}]+)\}/g, (_, name: string) => names[name] ?? "11111111-2222-3333-4444-555555555555");
  const cluster = `${subscription}/resourceGroups/fleet/providers/${fullType(connectedCluster)}/edge`;
  const body = id === "HelmSettings_Get" ? { id: cluster } : {};
  const answer = await running.controlPlane.app.inject({
    method,
    url: apiVersions === undefined ? filled : `${filled}?api-version=${apiVersions[0]}`,
    headers: {
      authorization: `Bearer ${token}`,
      ...(method.startsWith("P") ? { "content-type": "application/json" } : {}),
    },
    ...(method.startsWith("P") ? { payload: JSON.stringify(body) } : {}),
  });
  return answer.statusCode;
}

describe("who may do what", () => {
  test("is written down for every call, and for no other", () => {
    const hint = "add it to control-plane/test/authorization/who-may-what.ts: which roles need it?";
    expect(operations.filter(({ id }) => ruleFor(id) === undefined).map(({ id }) => `${id}: ${hint}`)).toEqual([]);
    const used = new Set(operations.map(({ id }) => ruleFor(id)));
    expect(Object.keys(rules).filter((name) => !used.has(rules[name]))).toEqual([]);
  });

  test.each(operations.map((operation) => [operation.id, operation] as const))("%s", async (_id, operation) => {
    const { who, alsoFromBelow } = ruleFor(operation.id) ?? { who: "nobody" };
    const wrong: string[] = [];
    const expectAnswer = async (name: string, token: string, isAllowed: boolean): Promise<void> => {
      const status = await statusOf(operation, token);
      const isRight = isAllowed ? ![401, 403, 500].includes(status) : status === 403;
      if (!isRight) wrong.push(`${name}: should be ${isAllowed ? "allowed" : "refused"}, the answer is ${status}`);
    };

    await expectAnswer("without a role", tokens.get("nobody") ?? "", who === "everyone");
    for (const role of Object.keys(builtInRoles) as RoleName[]) {
      for (const place of places) {
        const isAllowed =
          who === "everyone" ||
          (who !== "nobody" && who.includes(role) && placesOf(operation, alsoFromBelow ?? false).includes(place));
        await expectAnswer(`${role} at ${place}`, tokenOf(role, place), isAllowed);
      }
    }
    expect(wrong).toEqual([]);
    const forged = `${tokenOf("owner", "the subscription").slice(0, -6)}${randomUUID().slice(0, 6)}`;
    expect((await statusOf(operation, forged)) === 401).toBe(operation.access.kind !== "anyone");
  });
});
