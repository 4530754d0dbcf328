import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { App } from "../http/app.ts";
import { retryAfter, toErrorAnswer } from "../http/errors.ts";
import { readForms } from "../http/form-body.ts";
import { identify } from "../http/request-context.ts";
import type { Services } from "../services.ts";
import { discoveryDocument, pseudoTenants } from "./discovery.ts";
import { startDevice } from "./people/device-routes.ts";
import { TokenError } from "./token-error.ts";

const TenantParams = z.object({ tenant: z.string() });

/** Registers discovery, key set and token endpoint of the token issuer. Public by nature: this is where callers prove who they are. */
export function registerTokenRoutes(app: App, services: Services): void {
  const { identity, publicUrl, tenantId, clock, log } = services;

  const checkTenant = (params: unknown): string => {
    const tenant = TenantParams.parse(params).tenant.toLowerCase();
    if (tenant === tenantId || pseudoTenants.includes(tenant)) return tenant;
    throw new TokenError(
      "unknownTenant",
      `Tenant '${tenant}' not found. This control plane has the tenant '${tenantId}'.`,
    );
  };

  app.register(async (scope) => {
    readForms(scope);
    scope.setErrorHandler((error, request, reply): FastifyReply => {
      const { correlationId } = request;
      const told = error instanceof TokenError ? error : notNow(error, correlationId);
      if (told === undefined) throw error;
      if (told.status >= 500) log.error({ err: told, correlationId }, "a token could not be issued for now");
      reply.headers(retryAfter(told.status, told.retryAfterSeconds));
      return reply.code(told.status).send(told.toBody(clock.now(), correlationId));
    });

    scope.get("/:tenant/v2.0/.well-known/openid-configuration", async (request) =>
      discoveryDocument(publicUrl, checkTenant(request.params)),
    );
    scope.get("/:tenant/discovery/v2.0/keys", async (request) => {
      checkTenant(request.params);
      return identity.keys.published();
    });
    scope.post("/:tenant/oauth2/v2.0/token", async (request, reply) => {
      const tenant = checkTenant(request.params);
      // Command lines do not know the tenant before a person has signed in; an application does.
      if (tenant !== tenantId && isOfApplication(request.body)) {
        throw new TokenError("unknownTenant", `Ask for tokens in the tenant '${tenantId}', not in '${tenant}'.`);
      }
      const answer = await identity.requestToken(request.body, request.ip);
      const { accessToken, expiresInSeconds, refreshToken, idToken, scope: granted, clientInfo } = answer;
      reply.header("cache-control", "no-store");
      return {
        token_type: "Bearer",
        expires_in: expiresInSeconds,
        ext_expires_in: expiresInSeconds,
        access_token: accessToken,
        ...(granted === undefined ? {} : { scope: granted }),
        ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
        ...(idToken === undefined ? {} : { id_token: idToken }),
        ...(clientInfo === undefined ? {} : { client_info: clientInfo }),
      };
    });
    scope.post("/:tenant/oauth2/v2.0/devicecode", async (request, reply) => {
      checkTenant(request.params);
      const answer = await startDevice(services, request.body);
      reply.header("cache-control", "no-store");
      return answer;
    });
    scope.get("/:tenant/openid/userinfo", async (request) => {
      const { principalId, name, kind } = await identify(services, request);
      checkTenant(request.params);
      const user = kind === "User" ? await identity.users.findById(principalId) : undefined;
      return { sub: principalId, name: user?.displayName ?? name, ...(user && { preferred_username: user.name }) };
    });
  });
}

/** Whoever asks for a token reads OAuth's form only: of ARM's it would see "[object Object]". */
function notNow(error: unknown, correlationId: string): TokenError | undefined {
  const { status, headers, body } = toErrorAnswer(error, correlationId);
  if (status !== 429 && status !== 503) return undefined;
  const retryAfterSeconds = Number(headers["retry-after"]);
  const kind = status === 429 ? "tooManyRequests" : "unavailable";
  return new TokenError(kind, body.error.message, { retryAfterSeconds, cause: error });
}

const GrantType = z.object({ grant_type: z.literal("client_credentials") });
const isOfApplication = (body: unknown): boolean => GrantType.safeParse(body).success;
