import { join } from "node:path";
import { testDatabase } from "../../../tests/support/test-database.ts";
import { type ControlPlane, startControlPlane } from "../../src/control-plane.ts";
import { isJsonObject, type JsonObject } from "../../src/json.ts";
import type { SettingsInput } from "../../src/settings.ts";
import { type TestClock, testClock } from "./identity-fixture.ts";
import { tempFolder } from "./temp-folder.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
  /** The body as an object; empty when there is none. */
  readonly body: JsonObject;
  /** `body.properties`. */
  readonly properties: JsonObject;
  /** `body.error.code`. */
  readonly errorCode: unknown;
  readonly errorMessage: string;
}

export type Method = "GET" | "HEAD" | "PUT" | "PATCH" | "POST" | "DELETE";

export interface Api extends AsyncDisposable {
  readonly controlPlane: ControlPlane;
  readonly clock: TestClock;
  /** `/subscriptions/{id}`. */
  readonly subscription: string;
  /** Sends a request as the Owner; `url` without api-version gets one that fits its type. */
  call(method: Method, url: string, body?: unknown, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Follows an absolute link of an answer. */
  follow(link: unknown): Promise<Answer>;
}

const asObject = (value: unknown): JsonObject => (isJsonObject(value) ? value : {});

/** A whole control plane over its real database, asked without a socket. */
export async function startApi(settings: Partial<SettingsInput> = {}): Promise<Api> {
  // What is in here when the start fails is removed; after it, with the rest.
  await using started = new AsyncDisposableStack();
  const folder = started.use(await tempFolder());
  const database = started.use(await testDatabase());
  const clock = testClock();
  const charts = join(import.meta.dirname, "charts");
  const controlPlane = started.adopt(
    await startControlPlane(
      { dataDir: folder.path, logLevel: "silent", chartDirs: [charts], ...database.settings, ...settings },
      { clock },
    ),
    (running) => running.close(),
  );
  const { app, connection, endpoint } = controlPlane;

  const inject = async (
    method: Method,
    url: string,
    headers: Readonly<Record<string, string>>,
    payload?: string | Buffer,
  ): Promise<Answer> => {
    const response = await app.inject({ method, url, headers, ...(payload === undefined ? {} : { payload }) });
    const isJson = String(response.headers["content-type"]).startsWith("application/json");
    const body = asObject(isJson && response.body !== "" ? JSON.parse(response.body) : {});
    const error = asObject(body.error);
    return {
      status: response.statusCode,
      headers: response.headers,
      text: response.body,
      body,
      properties: asObject(body.properties),
      errorCode: error.code,
      errorMessage: String(error.message ?? ""),
    };
  };

  const form = new URLSearchParams({
    grant_type: "client_credentials",
    client_id: connection.clientId,
    client_secret: connection.clientSecret,
    scope: `${endpoint}/.default`,
  });
  const token = await inject(
    "POST",
    `/${connection.tenantId}/oauth2/v2.0/token`,
    { "content-type": "application/x-www-form-urlencoded" },
    form.toString(),
  );
  const authorization = `Bearer ${String(token.body.access_token)}`;
  const disposal = started.move();

  return {
    controlPlane,
    clock,
    subscription: `/subscriptions/${connection.subscriptionId}`,
    call: (method, url, body, headers = {}) =>
      inject(
        method,
        /api-version/i.test(url) ? url : `${url}${url.includes("?") ? "&" : "?"}api-version=${apiVersionFor(url)}`,
        { authorization, ...(body === undefined ? {} : { "content-type": "application/json" }), ...headers },
        body === undefined
          ? undefined
          : typeof body === "string" || Buffer.isBuffer(body)
            ? body
            : JSON.stringify(body),
      ),
    follow(link) {
      if (typeof link !== "string" || !link.startsWith(`${endpoint}/`)) {
        throw new Error(`'${String(link)}' is not an absolute link of ${endpoint}`);
      }
      return inject("GET", link.slice(endpoint.length), { authorization });
    },
    [Symbol.asyncDispose]: () => disposal.disposeAsync(),
  };
}

function apiVersionFor(url: string): string {
  if (/Arcfleet\.Catalogue/i.test(url)) return "2026-11-01";
  if (/KubernetesConfiguration\/(locations|extensionTypes)/i.test(url)) return "2023-05-01-preview";
  if (/KubernetesConfiguration/i.test(url)) return "2023-05-01";
  return /Microsoft\.Kubernetes\//i.test(url) ? "2024-07-01-preview" : "2024-11-01";
}
