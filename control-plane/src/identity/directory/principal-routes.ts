import {
  type DirectoryPrincipal,
  identityNamespace,
  NewPrincipalCredential,
  PrincipalPut,
  principalName,
} from "@arcfleet/contract";
import type { Selectable } from "kysely";
import type { ApplicationsTable } from "../../db/identity-tables.ts";
import type { Tx } from "../../db/store.ts";
import { DomainError, invalid } from "../../errors.ts";
import type { App } from "../../http/app.ts";
import { addRoute, paramOf } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { addApplication, toApplication } from "../applications.ts";
import { isRegistrable } from "../people/clients.ts";
import { beginDirectory, directoryPath, pageBy, parseBody } from "./begin.ts";
import { addPrincipalCredential, presentCredential } from "./credentials.ts";

type Row = Selectable<ApplicationsTable>;

const type = `${identityNamespace}/principals`;

function present(root: string, row: Row): DirectoryPrincipal {
  const { appId, principalId, name, redirectUris, isPublicClient } = toApplication(row);
  return {
    id: `${root}/principals/${encodeURIComponent(name)}`,
    name,
    type,
    properties: { appId, principalId, redirectUris: [...redirectUris], isPublicClient, createdTime: row.created_at },
  };
}

/** By name or by client id. Managed identities are not found: they belong to their resource. */
const findRow = (db: Pick<Tx, "selectFrom">, name: string): Promise<Row | undefined> =>
  db
    .selectFrom("applications")
    .selectAll()
    .where("kind", "=", "Application")
    .where((eb) => eb.or([eb("name_key", "=", name.toLowerCase()), eb("app_id", "=", name.toLowerCase())]))
    .executeTakeFirst();

export function registerPrincipalRoutes(app: App, services: Services): void {
  const { store, identity } = services;

  const require = async (name: string): Promise<Row> => {
    const row = await findRow(store.read, name);
    if (row !== undefined) return row;
    throw new DomainError("ResourceNotFound", `There is no application '${name}' in the directory.`);
  };

  addRoute(app, `${directoryPath}/principals`, {
    GET: async (request) => {
      const { root } = await beginDirectory(services, request, "principals", "principals/read");
      const read = (after: string, limit: number): Promise<Row[]> =>
        store.read
          .selectFrom("applications")
          .selectAll()
          .where("name_key", ">", after)
          .orderBy("name_key")
          .limit(limit)
          .execute();
      const page = await pageBy(services, request, `${root}/principals`, read, ({ name_key }) => name_key ?? "");
      return { value: page.rows.map((row) => present(root, row)), nextLink: page.nextLink };
    },
  });

  addRoute(app, `${directoryPath}/principals/:principal`, {
    GET: async (request) => {
      const { root } = await beginDirectory(services, request, "principals", "principals/read");
      return present(root, await require(paramOf(request, "principal")));
    },
    PUT: async (request, reply) => {
      const { root } = await beginDirectory(services, request, "principals", "principals/write");
      const { row, isNew } = await putPrincipal(
        services,
        paramOf(request, "principal"),
        parseBody(PrincipalPut, request.body),
      );
      return reply.code(isNew ? 201 : 200).send(present(root, row));
    },
    DELETE: async (request, reply) => {
      const { caller } = await beginDirectory(services, request, "principals", "principals/delete");
      const row = await findRow(store.read, paramOf(request, "principal"));
      if (row === undefined) return reply.code(204).send();
      await refuseToRemove(services, row, caller.principalId);
      await store.write(async (tx) => {
        await tx.deleteFrom("application_credentials").where("app_id", "=", row.app_id).execute();
        await tx.deleteFrom("role_assignments").where("principal_id", "=", row.principal_id).execute();
        await tx.deleteFrom("refresh_tokens").where("client_id", "=", row.app_id).execute();
        await tx.deleteFrom("authorization_codes").where("client_id", "=", row.app_id).execute();
        await tx.deleteFrom("device_codes").where("client_id", "=", row.app_id).execute();
        await tx.deleteFrom("applications").where("app_id", "=", row.app_id).execute();
      });
      identity.applications.forget(row.app_id);
      services.grants.forget(row.principal_id);
      return reply.code(200).send();
    },
  });

  addRoute(app, `${directoryPath}/principals/:principal/credentials`, {
    GET: async (request) => {
      await beginDirectory(services, request, "principals", "principals/credentials/read");
      const { app_id: appId } = await require(paramOf(request, "principal"));
      const rows = await store.read
        .selectFrom("application_credentials")
        .selectAll()
        .where("app_id", "=", appId)
        .orderBy("created_at")
        .orderBy("credential_id")
        .execute();
      return { value: rows.map(presentCredential), nextLink: null };
    },
  });

  addRoute(app, `${directoryPath}/principals/:principal/addCredential`, {
    POST: async (request, reply) => {
      await beginDirectory(services, request, "principals", "principals/addCredential/action");
      const wanted = parseBody(NewPrincipalCredential, request.body);
      const { app_id: appId } = await require(paramOf(request, "principal"));
      const { row, secret } = await addPrincipalCredential(services, appId, wanted);
      const answer = { ...presentCredential(row), ...(secret === undefined ? {} : { secret }) };
      return reply.code(201).header("cache-control", "no-store").send(answer);
    },
  });

  addRoute(app, `${directoryPath}/principals/:principal/credentials/:credential`, {
    DELETE: async (request, reply) => {
      const { caller } = await beginDirectory(services, request, "principals", "principals/credentials/delete");
      const { app_id: appId } = await require(paramOf(request, "principal"));
      const id = paramOf(request, "credential").toLowerCase();
      const isGone = await store.write(async (tx) => {
        const ids = await tx
          .selectFrom("application_credentials")
          .select("credential_id")
          .where("app_id", "=", appId)
          .execute();
        if (!ids.some(({ credential_id }) => credential_id === id)) return false;
        if (ids.length === 1 && caller.appId === appId) {
          throw new DomainError(
            "PrincipalProtected",
            "This is the last credential of the application that asks. Add another one first.",
          );
        }
        await tx.deleteFrom("application_credentials").where("credential_id", "=", id).execute();
        return true;
      });
      return reply.code(isGone ? 200 : 204).send();
    },
  });
}

/** The first Owner stays: connection.json names it, and it is the way back in. Nobody removes themselves by mistake. */
async function refuseToRemove({ store }: Services, row: Row, callerId: string): Promise<void> {
  const owner = await store.read
    .selectFrom("installation")
    .select("value")
    .where("name", "=", "ownerClientId")
    .executeTakeFirst();
  if (owner?.value !== row.app_id && callerId !== row.principal_id) return;
  throw new DomainError(
    "PrincipalProtected",
    `'${row.name}' cannot be removed: ${callerId === row.principal_id ? "it is who asks" : "connection.json names it"}. Take its roles or credentials away instead.`,
  );
}

async function putPrincipal(
  { store, clock, identity }: Services,
  name: string,
  { properties }: PrincipalPut,
): Promise<{ readonly row: Row; readonly isNew: boolean }> {
  const { redirectUris, isPublicClient } = properties ?? {};
  const bad = redirectUris?.find((uri) => !isRegistrable(uri));
  if (bad !== undefined) {
    throw invalid(
      `'${bad}' cannot be registered: it must be https, or http on localhost, without a fragment or a user name.`,
      "properties.redirectUris",
    );
  }
  const result = await store.write(async (tx) => {
    const found = await findRow(tx, name);
    if (found === undefined) {
      if (!principalName.pattern.test(name)) {
        throw new DomainError(
          "InvalidResourceName",
          `The name of an application must be ${principalName.rule}; it is '${name}'.`,
        );
      }
      const what = {
        kind: "Application",
        name,
        redirectUris: redirectUris ?? [],
        isPublicClient: isPublicClient ?? false,
      } as const;
      const { appId } = await addApplication(tx, what, clock);
      const row = await tx.selectFrom("applications").selectAll().where("app_id", "=", appId).executeTakeFirstOrThrow();
      return { row, isNew: true };
    }
    const row = await tx
      .updateTable("applications")
      .set({
        redirect_uris: redirectUris ? JSON.stringify(redirectUris) : found.redirect_uris,
        is_public_client:
          isPublicClient === undefined || isPublicClient === null ? found.is_public_client : Number(isPublicClient),
      })
      .where("app_id", "=", found.app_id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return { row, isNew: false };
  });
  identity.applications.forget(result.row.app_id);
  return result;
}
