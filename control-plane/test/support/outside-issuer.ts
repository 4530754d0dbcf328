import { webcrypto } from "node:crypto";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { type CryptoKey, exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { systemClock } from "../../src/clock.ts";
import { ecdsaP256, makeCa, readCertificateAuthority } from "../../src/pki/certificate-authority.ts";
import { writeKeyedPem } from "../../src/pki/keyed-pem.ts";
import { tempFolder } from "./temp-folder.ts";

/** An OpenID issuer of its own over real TLS, as a build service or a cluster's API server is one. */
export interface OutsideIssuer extends AsyncDisposable {
  readonly issuer: string;
  /** Its server's certificate authority: PEM, and the file with it. */
  readonly caPem: string;
  readonly caFile: string;
  /** Requests that it answered. */
  readonly requests: string[];
  /** What it says to be; changed by tests. */
  document: unknown;
  isDown: boolean;
  /** Makes a new key; the one before is published no longer. */
  rotate(): Promise<void>;
  /** A signed token; `claims` replace what a good one holds, `header` the header. */
  sign(claims?: JWTPayload, options?: SignOptions): Promise<string>;
  jwks(): { keys: object[] };
}

export interface SignOptions {
  readonly header?: Readonly<Record<string, unknown>>;
  readonly key?: CryptoKey;
}

export async function startOutsideIssuer(): Promise<OutsideIssuer> {
  const folder = await tempFolder();
  const authority = await readCertificateAuthority(
    await makeCa("outside CA", new Date()),
    "the outside CA",
    systemClock,
  );
  const keys = await webcrypto.subtle.generateKey(ecdsaP256, true, ["sign", "verify"]);
  const certificate = await authority.issue({
    commonName: "outside issuer",
    publicKey: keys.publicKey,
    lifeDays: 1,
    serverNames: ["127.0.0.1"],
  });
  const caFile = join(folder.path, "ca.pem");
  await writeFile(caFile, authority.certificatePem);
  const server = createServer({
    key: await writeKeyedPem(keys.privateKey, ""),
    cert: certificate.toString("pem"),
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const issuer = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;

  let count = 0;
  let key: { readonly kid: string; readonly privateKey: CryptoKey; readonly jwk: object };
  const rotate = async (): Promise<void> => {
    const pair = await generateKeyPair("RS256", { extractable: true });
    const kid = `key-${++count}`;
    key = { kid, privateKey: pair.privateKey, jwk: { ...(await exportJWK(pair.publicKey)), kid, alg: "RS256" } };
  };
  await rotate();

  const made: OutsideIssuer = {
    issuer,
    caPem: authority.certificatePem,
    caFile,
    requests: [],
    document: { issuer, jwks_uri: `${issuer}/keys` },
    isDown: false,
    rotate,
    jwks: () => ({ keys: [key.jwk] }),
    sign(claims = {}, options = {}) {
      const now = Math.floor(Date.now() / 1000);
      return new SignJWT({ iss: issuer, iat: now, exp: now + 600, ...claims })
        .setProtectedHeader({ alg: "RS256", kid: key.kid, ...options.header })
        .sign(options.key ?? key.privateKey);
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await folder[Symbol.asyncDispose]();
    },
  };
  server.on("request", (request, response) => {
    made.requests.push(request.url ?? "");
    if (made.isDown) {
      response.writeHead(500).end();
      return;
    }
    const body = request.url === "/.well-known/openid-configuration" ? made.document : made.jwks();
    response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(body));
  });
  return made;
}
