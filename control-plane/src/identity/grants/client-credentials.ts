import type { TokenForm } from "@arcfleet/contract";
import type { TokenIssuer } from "../access-token.ts";
import { TokenError } from "../token-error.ts";
import type { Grant, GrantOptions } from "./grant.ts";
import { provenApplication } from "./proven-application.ts";

const DEFAULT_SCOPE = "/.default";

/** The resource of a scope: exactly `/.default` is cut off, so that a resource that ends in a slash keeps it. */
function parseAudience({ scope }: TokenForm, issuer: TokenIssuer): string {
  if (scope === undefined || !scope.endsWith(DEFAULT_SCOPE) || /\s/.test(scope)) {
    throw new TokenError("invalidScope", "The scope must be one resource followed by /.default.");
  }
  const resource = scope.slice(0, -DEFAULT_SCOPE.length);
  const audience = issuer.audienceOf(resource);
  if (audience === undefined) {
    throw new TokenError(
      "unknownResource",
      `The resource '${resource}' is not known here; use the endpoint of this control plane.`,
    );
  }
  return audience;
}

/** Applications and managed identities, as themselves. */
export function clientCredentialsGrant(options: GrantOptions): Grant {
  const { issuer } = options;
  return async (form, address) => {
    const audience = parseAudience(form, issuer);
    return issuer.issue(await provenApplication(options, form, address), audience);
  };
}
