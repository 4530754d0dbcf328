import { type DirectoryUser, identityNamespace, PasswordReset, UserPut, userName } from "@arcfleet/contract";
import { DomainError, invalid } from "../../errors.ts";
import type { App } from "../../http/app.ts";
import { addRoute, paramOf } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { addUser, endSessions, hashPassword, newPassword, toUser, type User } from "../people/users.ts";
import { beginDirectory, directoryPath, pageBy, parseBody } from "./begin.ts";

const type = `${identityNamespace}/users`;

const present = (root: string, user: User, password?: string): DirectoryUser => ({
  id: `${root}/users/${user.name}`,
  name: user.name,
  type,
  properties: {
    principalId: user.userId,
    displayName: user.displayName,
    isDisabled: user.isDisabled,
    createdTime: user.createdAt,
    ...(password === undefined ? {} : { password }),
  },
});

export function registerUserRoutes(app: App, services: Services): void {
  const { store, identity } = services;

  const require = async (name: string): Promise<User> => {
    const user = await identity.users.findByName(name);
    if (user !== undefined) return user;
    throw new DomainError("ResourceNotFound", `There is no person '${name}' in the directory.`);
  };

  addRoute(app, `${directoryPath}/users`, {
    GET: async (request) => {
      const { root } = await beginDirectory(services, request, "users", "users/read");
      const page = await pageBy(
        services,
        request,
        `${root}/users`,
        (after, limit) =>
          store.read
            .selectFrom("users")
            .selectAll()
            .where("name_key", ">", after)
            .orderBy("name_key")
            .limit(limit)
            .execute(),
        ({ name_key }) => name_key,
      );
      return { value: page.rows.map((row) => present(root, toUser(row))), nextLink: page.nextLink };
    },
  });

  addRoute(app, `${directoryPath}/users/:user`, {
    GET: async (request) => {
      const { root } = await beginDirectory(services, request, "users", "users/read");
      return present(root, await require(paramOf(request, "user")));
    },
    PUT: async (request, reply) => {
      const { root } = await beginDirectory(services, request, "users", "users/write");
      const { user, password, isNew } = await putUser(
        services,
        paramOf(request, "user"),
        parseBody(UserPut, request.body),
      );
      reply.header("cache-control", "no-store");
      return reply.code(isNew ? 201 : 200).send(present(root, user, password));
    },
    DELETE: async (request, reply) => {
      await beginDirectory(services, request, "users", "users/delete");
      const user = await identity.users.findByName(paramOf(request, "user"));
      if (user === undefined) return reply.code(204).send();
      await store.write(async (tx) => {
        await endSessions(tx, user.userId);
        await tx.deleteFrom("role_assignments").where("principal_id", "=", user.userId).execute();
        await tx.deleteFrom("users").where("user_id", "=", user.userId).execute();
      });
      identity.users.forget(user.userId);
      services.grants.forget(user.userId);
      return reply.code(200).send();
    },
  });

  addRoute(app, `${directoryPath}/users/:user/resetPassword`, {
    POST: async (request, reply) => {
      await beginDirectory(services, request, "users", "users/resetPassword/action");
      const { password: given } = parseBody(PasswordReset, request.body);
      const user = await require(paramOf(request, "user"));
      const password = given ?? newPassword();
      const reset = { password_hash: await hashPassword(password), failed_logins: 0, locked_until: null };
      await store.write(async (tx) => {
        await endSessions(tx, user.userId);
        await tx.updateTable("users").set(reset).where("user_id", "=", user.userId).execute();
      });
      identity.users.forget(user.userId);
      return reply.header("cache-control", "no-store").send(given ? {} : { password });
    },
  });

  addRoute(app, `${directoryPath}/users/:user/endSessions`, {
    POST: async (request, reply) => {
      await beginDirectory(services, request, "users", "users/endSessions/action");
      const user = await require(paramOf(request, "user"));
      await store.write((tx) => endSessions(tx, user.userId));
      identity.users.forget(user.userId);
      return reply.code(204).send();
    },
  });
}

interface PutUser {
  readonly user: User;
  /** The password that was made. */
  readonly password: string | undefined;
  readonly isNew: boolean;
}

async function putUser(services: Services, name: string, { properties }: UserPut): Promise<PutUser> {
  const { store, clock, identity } = services;
  if (!userName.pattern.test(name)) {
    throw new DomainError("InvalidResourceName", `The name of a person must be ${userName.rule}; it is '${name}'.`);
  }
  const { displayName, isDisabled, password: given } = properties ?? {};
  const password = given ?? newPassword();
  const passwordHash = await hashPassword(password);
  const { user, isNew } = await store.write(async (tx) => {
    const present = await tx
      .selectFrom("users")
      .selectAll()
      .where("name_key", "=", name.toLowerCase())
      .executeTakeFirst();
    if (present === undefined) {
      const added = await addUser(tx, { name, displayName: displayName ?? name, passwordHash }, clock);
      if (isDisabled)
        await tx.updateTable("users").set({ is_disabled: 1 }).where("user_id", "=", added.userId).execute();
      return { user: { ...added, isDisabled: isDisabled === true }, isNew: true };
    }
    if (given) throw invalid(`'${name}' exists. A new password is set with resetPassword.`, "properties.password");
    if (isDisabled === true && present.is_disabled === 0) await endSessions(tx, present.user_id);
    const changes = {
      display_name: displayName ?? present.display_name,
      is_disabled: isDisabled === undefined || isDisabled === null ? present.is_disabled : isDisabled ? 1 : 0,
    };
    const row = await tx
      .updateTable("users")
      .set(changes)
      .where("user_id", "=", present.user_id)
      .returningAll()
      .executeTakeFirstOrThrow();
    return { user: toUser(row), isNew: false };
  });
  identity.users.forget(user.userId);
  return { user, isNew, password: isNew && !given ? password : undefined };
}
