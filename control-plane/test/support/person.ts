import { createHash, randomBytes } from "node:crypto";
import type { ControlPlane } from "../../src/control-plane.ts";
import { addUser, hashPassword, type User } from "../../src/identity/people/users.ts";
import { decodeHTML } from "./decode-html.ts";

/** The program that people sign in through where nothing else is said: the id of the Azure command line. */
export const commandLine = "04b07795-8ddb-461a-bbee-02f9e1bf7b46";
export const loopback = "http://localhost:50001";

export async function makePerson(controlPlane: ControlPlane, name: string, password: string): Promise<User> {
  const { store, clock } = controlPlane.services;
  const passwordHash = await hashPassword(password);
  return store.write((tx) => addUser(tx, { name, displayName: `The ${name}`, passwordHash }, clock));
}

export const pkce = () => {
  const verifier = randomBytes(32).toString("base64url");
  return { verifier, challenge: createHash("sha256").update(verifier).digest("base64url") };
};

export interface PageAnswer {
  readonly status: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, unknown>>;
  /** Where it sends the browser, if it does. */
  readonly location: string | undefined;
  /** What stands in the alert of the page. */
  readonly problem: string | undefined;
}

/** As much of a browser as our pages need: cookies, and forms that are filled in and sent. */
export class TestBrowser {
  readonly cookies = new Map<string, string>();
  readonly #controlPlane: ControlPlane;
  #url = "";
  #fields: Record<string, string> = {};

  constructor(controlPlane: ControlPlane) {
    this.#controlPlane = controlPlane;
  }

  open(url: string): Promise<PageAnswer> {
    return this.#send("GET", url);
  }

  /** Sends the form of the page that is open. `headers` and hidden fields may be changed, as an attacker would. */
  submit(fields: Record<string, string>, headers: Record<string, string> = {}): Promise<PageAnswer> {
    return this.#send("POST", this.#url, { ...this.#fields, ...fields }, headers);
  }

  async #send(
    method: "GET" | "POST",
    url: string,
    form?: Record<string, string>,
    headers: Record<string, string> = {},
  ): Promise<PageAnswer> {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
    const answer = await this.#controlPlane.app.inject({
      method,
      url,
      headers: {
        cookie,
        ...(form && {
          "content-type": "application/x-www-form-urlencoded",
          origin: this.#controlPlane.endpoint,
        }),
        ...headers,
      },
      ...(form && { payload: new URLSearchParams(form).toString() }),
    });
    for (const { name, value } of answer.cookies) {
      if (value === "") this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    this.#url = url;
    this.#fields = Object.fromEntries(
      [...answer.body.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)">/g)].map(
        ([, name = "", value = ""]) => [decodeHTML(name), decodeHTML(value)],
      ),
    );
    return {
      status: answer.statusCode,
      text: answer.body,
      headers: answer.headers,
      location: typeof answer.headers.location === "string" ? answer.headers.location : undefined,
      problem: /<p role="alert"[^>]*>([^<]*)</.exec(answer.body)?.[1],
    };
  }

  /** The hidden fields of the page that is open. */
  get fields(): Readonly<Record<string, string>> {
    return this.#fields;
  }
}

export interface AuthorizeOptions {
  readonly challenge: string;
  readonly [parameter: string]: string | undefined;
}

/** The address that a program opens in the browser. */
export function authorizeUrl(controlPlane: ControlPlane, { challenge, ...parameters }: AuthorizeOptions): string {
  const { endpoint, connection } = controlPlane;
  const query = {
    client_id: commandLine,
    redirect_uri: loopback,
    response_type: "code",
    scope: `${endpoint}/.default openid profile offline_access`,
    state: "the state",
    nonce: "the nonce",
    code_challenge: challenge,
    code_challenge_method: "S256",
    ...parameters,
  };
  const set = Object.entries(query).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return `/${connection.tenantId}/oauth2/v2.0/authorize?${new URLSearchParams(set)}`;
}
