import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { Connection } from "@arcfleet/contract";
import { z } from "zod";

/**
 * Where the control plane is and who we are to it. Read from the environment, the stack's configuration and a connection
 * file at the moment of a call, in this order; never stored in the state.
 */
export interface Settings extends Omit<Connection, "caFile"> {
  /** PEM bundle of the control plane's private CA; absent when a public CA signed its certificate. */
  readonly caFile?: string;
  /** The helm program. */
  readonly helmProgram: string;
  /** Where charts are kept between runs. */
  readonly cacheDir: string;
  /** Detach a cluster whose API server cannot be reached by removing its record alone. */
  readonly forceDetach: boolean;
}

/** A setting is missing or malformed; the message says which and how to give it. */
export class SettingsError extends Error {
  override readonly name = "SettingsError";
}

/** The stack's configuration, `arcfleet:endpoint` and so on. */
export type StackConfig = Readonly<Record<string, unknown>>;

type Field = keyof Connection;

/** Each piece, with the variable that gives it; the names beginning with AZURE_ are those of `@azure/identity`. */
const variables: Readonly<Record<Field, string>> = {
  endpoint: "ARCFLEET_ENDPOINT",
  authority: "AZURE_AUTHORITY_HOST",
  caFile: "ARCFLEET_CA_FILE",
  tenantId: "AZURE_TENANT_ID",
  subscriptionId: "ARCFLEET_SUBSCRIPTION_ID",
  clientId: "AZURE_CLIENT_ID",
  clientSecret: "AZURE_CLIENT_SECRET",
};
const fields = Object.keys(variables) as Field[];

/** How the engine shows a secret setting of the stack to providers of this kind: it does not. */
const maskedSecret = "[secret]";

export function readSettings(env: NodeJS.ProcessEnv, config: StackConfig): Settings {
  const configured = (key: string): string | undefined => {
    const value = config[`arcfleet:${key}`];
    return typeof value === "string" && value !== "" ? value : undefined;
  };
  const connectionFile = env.ARCFLEET_CONNECTION || configured("connection");
  const fromFile = connectionFile === undefined ? {} : readConnection(connectionFile);

  const found: Partial<Record<Field, string>> = {};
  for (const field of fields) {
    const value = env[variables[field]] || configured(field) || fromFile[field];
    if (value === maskedSecret) throw maskedSecretError(field);
    if (value !== undefined) found[field] = value;
  }
  found.authority ??= found.endpoint;

  const missing = fields.filter((field) => field !== "caFile" && found[field] === undefined);
  if (missing.length > 0) throw missingError(missing);
  const parsed = Connection.partial({ caFile: true }).safeParse(found);
  if (!parsed.success) throw new SettingsError(`The connection to the control plane: ${z.prettifyError(parsed.error)}`);
  return {
    ...parsed.data,
    helmProgram: env.ARCFLEET_HELM || "helm",
    cacheDir: env.ARCFLEET_CACHE || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "arcfleet"),
    forceDetach: env.ARCFLEET_FORCE_DETACH === "1",
  };
}

function readConnection(path: string): Partial<Connection> {
  try {
    return Connection.partial().parse(JSON.parse(readFileSync(path, "utf8")));
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new SettingsError(
      `The connection file ${path} (ARCFLEET_CONNECTION or arcfleet:connection) cannot be read: ${reason}. ` +
        "`arcfleet serve --data DIR` writes it as DIR/connection.json when it is ready.",
    );
  }
}

const missingError = (missing: readonly Field[]): SettingsError =>
  new SettingsError(
    [
      `The connection to the control plane lacks ${missing.join(", ")}. Set ARCFLEET_CONNECTION to the connection.json that`,
      "`arcfleet serve` wrote, or give each piece:",
      ...missing.map((field) =>
        field === "clientSecret"
          ? `  ${field}: ${variables[field]}`
          : `  ${field}: ${variables[field]}, or \`pulumi config set arcfleet:${field} …\``,
      ),
    ].join("\n"),
  );

const maskedSecretError = (field: Field): SettingsError =>
  new SettingsError(
    `arcfleet:${field} is a secret of the stack's configuration, and Pulumi does not show those to this provider. ` +
      `Set ${variables[field]} or ARCFLEET_CONNECTION instead.`,
  );
