import { createHash } from "node:crypto";
import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JSONWebKeySet, type JWTVerifyGetKey } from "jose";
import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { fetchOutside } from "./https-json.ts";

/** An issuer whose tokens are believed, and how its keys are obtained. */
export interface TrustedKeys {
  readonly issuer: string;
  /** Certificate authorities, beside the public ones, that its server may be signed by. */
  readonly caPem?: string | undefined;
  /** Its keys themselves, for an issuer that cannot be reached from here. They are then never fetched. */
  readonly jwks?: JSONWebKeySet | undefined;
}

/** The keys of an issuer could not be had, which says nothing about the token. */
export class IssuerUnreachableError extends Error {
  override readonly name = "IssuerUnreachableError";
}

export interface IssuerKeys {
  /** @throws IssuerUnreachableError */
  of(trusted: TrustedKeys): Promise<JWTVerifyGetKey>;
}

const discoveryMs = 10 * 60 * 1000;
const failureMs = 10 * 1000;
const maxIssuers = 1000;

const Discovery = z.object({ issuer: z.string(), jwks_uri: z.url({ protocol: /^https$/ }) });

interface Entry {
  readonly until: number;
  readonly keys: Promise<JWTVerifyGetKey>;
}

/**
 * The published keys of outside issuers: discovery for ten minutes, keys for ten minutes, asked again for an unknown key id at most
 * every thirty seconds, and an issuer that failed is left alone for ten seconds. Only what an administrator registered ever gets here.
 */
export function createIssuerKeys(clock: Clock, fetchDocument: typeof fetchOutside = fetchOutside): IssuerKeys {
  const entries = new Map<string, Entry>();

  const open = async ({ issuer, caPem }: TrustedKeys): Promise<JWTVerifyGetKey> => {
    const answer = await fetchDocument(`${issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, caPem);
    const document = Discovery.parse(await answer.json());
    if (document.issuer !== issuer) throw new Error(`it calls itself '${document.issuer}'`);
    return createRemoteJWKSet(new URL(document.jwks_uri), {
      cooldownDuration: 30_000,
      cacheMaxAge: discoveryMs,
      [customFetch]: (url) => fetchDocument(url, caPem),
    });
  };

  return {
    async of(trusted) {
      if (trusted.jwks !== undefined) return createLocalJWKSet(trusted.jwks);
      const mark = createHash("sha256")
        .update(`${trusted.issuer}\0${trusted.caPem ?? ""}`)
        .digest("base64");
      const now = clock.now().getTime();
      let entry = entries.get(mark);
      if (entry === undefined || entry.until <= now) {
        if (entries.size >= maxIssuers) entries.clear();
        const keys = open(trusted);
        entry = { until: now + discoveryMs, keys };
        entries.set(mark, entry);
        keys.catch(() => entries.set(mark, { until: now + failureMs, keys }));
      }
      try {
        return await entry.keys;
      } catch (cause) {
        throw new IssuerUnreachableError(`The keys of the issuer '${trusted.issuer}' could not be read`, { cause });
      }
    },
  };
}
