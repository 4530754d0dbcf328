import type { TokenIssuer } from "../access-token.ts";
import { TokenError } from "../token-error.ts";

const aboutThePerson = new Set(["openid", "profile", "email", "offline_access"]);

export interface UserScope {
  /** What the access token is for. */
  readonly audience: string;
  /** As it was asked for: clients look their tokens up by it. */
  readonly scope: string;
  readonly wantsRefreshToken: boolean;
  readonly wantsIdToken: boolean;
}

/**
 * Reads a scope of a person's sign-in: words about the person, and permissions of one resource. What is asked for beyond the resource's
 * name makes no difference, because what a person may do is looked up for each request.
 * @throws TokenError
 */
export function parseUserScope(scope: string, issuer: TokenIssuer, defaultAudience: string): UserScope {
  const words = scope.split(/\s+/).filter((word) => word !== "");
  const audiences = new Set<string>();
  for (const word of words) {
    // A bare word such as User.Read belongs to the directory's own interface, which has the same audience.
    if (aboutThePerson.has(word.toLowerCase()) || !word.includes("/")) continue;
    const resource = word.slice(0, word.lastIndexOf("/"));
    const audience = issuer.audienceOf(resource);
    if (audience === undefined) {
      throw new TokenError(
        "unknownResource",
        `The resource '${resource}' is not known here; use the endpoint of this control plane.`,
      );
    }
    audiences.add(audience);
  }
  if (audiences.size > 1) {
    throw new TokenError("invalidScope", "The scope names more than one resource; ask for one at a time.");
  }
  const lower = words.map((word) => word.toLowerCase());
  return {
    audience: [...audiences][0] ?? defaultAudience,
    scope: words.join(" "),
    wantsRefreshToken: lower.includes("offline_access"),
    wantsIdToken: lower.includes("openid"),
  };
}
