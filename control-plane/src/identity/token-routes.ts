import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { Clock } from "../clock.ts";
import type { App } from "../http/app.ts";
import { discoveryDocument, pseudoTenants } from "./discovery.ts";
import type { Identity } from "./identity.ts";
import { TokenError } from "./token-error.ts";

const MAX_FORM_BYTES = 128 * 1024;

const TenantParams = z.object({ tenant: z.string() });

export interface TokenRouteServices {
  readonly identity: Identity;
  readonly publicUrl: string;
  readonly tenantId: string;
  readonly clock: Clock;
}

/** Registers discovery, key set and token endpoint of the token issuer. Public by nature: this is where callers prove who they are. */
export function registerTokenRoutes(app: App, services: TokenRouteServices): void {
  const { identity, publicUrl, tenantId, clock } = services;

  const checkTenant = (params: unknown): string => {
    const tenant = TenantParams.parse(params).tenant.toLowerCase();
    if (tenant === tenantId || pseudoTenants.includes(tenant)) return tenant;
    throw new TokenError(
      "unknownTenant",
      `Tenant '${tenant}' not found. This control plane has the tenant '${tenantId}'.`,
    );
  };

  app.register(async (scope) => {
    // Only here: no other route understands forms.
    scope.addContentTypeParser(
      "application/x-www-form-urlencoded",
      { parseAs: "string", bodyLimit: MAX_FORM_BYTES },
      (_request, body, done) => done(null, Object.fromEntries(new URLSearchParams(body.toString()))),
    );
    scope.setErrorHandler((error, request, reply): FastifyReply => {
      if (!(error instanceof TokenError)) throw error;
      if (error.retryAfterSeconds !== undefined) reply.header("retry-after", error.retryAfterSeconds);
      return reply.code(error.status).send(error.toBody(clock.now(), request.correlationId));
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
      if (tenant !== tenantId) {
        throw new TokenError("unknownTenant", `Ask for tokens in the tenant '${tenantId}', not in '${tenant}'.`);
      }
      const { accessToken, expiresInSeconds } = await identity.requestToken(request.body, request.ip);
      reply.header("cache-control", "no-store");
      return {
        token_type: "Bearer",
        expires_in: expiresInSeconds,
        ext_expires_in: expiresInSeconds,
        access_token: accessToken,
      };
    });
  });
}
