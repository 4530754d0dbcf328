import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { InvalidTokenError } from "../access-token.ts";
import type { Caller } from "../caller.ts";
import { type IssuerKeys, IssuerUnreachableError } from "./issuer-keys.ts";
import { outsideId } from "./outside-ids.ts";
import type { OpenTrustedIssuer } from "./trusted-issuer.ts";
import { claimsBeforeVerification, OutsideTokenError, verifyOutsideToken } from "./verify-outside-token.ts";

/** So long a token that was good counts as good without being looked at again. */
const rememberMs = 5 * 60 * 1000;
const maxGroups = 500;

const Id = z.string().min(1).max(600);
const Groups = z
  .union([Id, z.array(Id)])
  .transform((groups) => (typeof groups === "string" ? [groups] : groups))
  .default([]);

export interface OutsideCaller {
  readonly caller: Caller;
  readonly until: number;
}

export interface OutsideCallers {
  /** Who holds a token of a trusted issuer; nothing when the token says that it is of another. @throws InvalidTokenError */
  verify(token: string, tenantId: string): Promise<OutsideCaller | undefined>;
}

export function createOutsideCallers(
  issuers: readonly OpenTrustedIssuer[],
  keys: IssuerKeys,
  clock: Clock,
): OutsideCallers {
  return {
    async verify(token, tenantId) {
      if (issuers.length === 0) return undefined;
      const { iss, aud } = claimsBeforeVerification(token);
      const ofIssuer = issuers.filter(({ issuer }) => issuer === iss);
      if (ofIssuer.length === 0) return undefined;
      // One issuer may be listed for several audiences, each with other rules.
      const trusted = ofIssuer.find(({ audiences }) => audiences.some((each) => aud.includes(each))) ?? ofIssuer[0];
      if (trusted === undefined) return undefined;
      const { audiences } = trusted;
      try {
        const claims = await verifyOutsideToken({ token, trusted: trusted.keys, audiences, keys, clock });
        const until = Math.min((claims.exp ?? 0) * 1000, clock.now().getTime() + rememberMs);
        return { caller: callerOf(trusted, claims, tenantId), until };
      } catch (error) {
        if (error instanceof OutsideTokenError) {
          throw new InvalidTokenError(`The token of '${trusted.issuer}' is refused: ${error.message}`, false, error);
        }
        if (error instanceof IssuerUnreachableError) throw new InvalidTokenError(error.message, false, error.cause);
        throw error;
      }
    },
  };
}

function callerOf(trusted: OpenTrustedIssuer, claims: Readonly<Record<string, unknown>>, tenantId: string): Caller {
  const { issuer, kind, claims: names, required } = trusted;
  for (const [claim, value] of Object.entries(required)) {
    if (claims[claim] !== value) throw new OutsideTokenError(`its claim '${claim}' is not what it must be`);
  }
  const id = Id.safeParse(claims[names.id]);
  if (!id.success) throw new OutsideTokenError(`it has no claim '${names.id}', which says who it is about`);
  const groups = names.groups === undefined ? [] : Groups.safeParse(claims[names.groups]).data;
  if (groups === undefined || groups.length > maxGroups) {
    throw new OutsideTokenError(`its claim '${names.groups}' is no list of at most ${maxGroups} groups`);
  }
  return {
    principalId: outsideId("principal", issuer, id.data),
    tenantId,
    appId: Id.safeParse(claims.azp ?? claims.appid ?? claims.client_id).data ?? "",
    kind,
    name: Id.safeParse(claims[names.name]).data ?? id.data,
    groups: groups.map((group) => outsideId("group", issuer, group)),
  };
}
