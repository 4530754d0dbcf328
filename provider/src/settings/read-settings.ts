import { homedir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import {
  type CredentialKind,
  CredentialSettings,
  credentialKinds,
  isCredentialKind,
  recogniseKind,
} from "./credential-kinds.ts";
import { type FoundSettings, processSettings, type SettingName, settingNames } from "./fields.ts";
import { type Origins, originsOf, type StackConfig } from "./origins.ts";
import { SettingsError } from "./settings-error.ts";

const ControlPlane = z.object({
  endpoint: z.url(),
  authority: z.url(),
  /** Of the control plane's private CA at most one of the two is there; neither when a public CA signed its certificate. */
  caFile: z.string().optional(),
  caCertificate: z.string().optional(),
  subscriptionId: z.string(),
});

/**
 * Where the control plane is and who we are to it. Read from the environment, the stack's configuration and a connection file, or
 * from the arguments of an explicit provider, at the moment of a call; never stored in the state of a resource.
 */
export interface Settings extends Readonly<z.infer<typeof ControlPlane>> {
  readonly credential: CredentialSettings;
  /** The helm program. */
  readonly helmProgram: string;
  /** Where charts are kept between runs. */
  readonly cacheDir: string;
  /** Detach a cluster whose API server cannot be reached by removing its record alone. */
  readonly forceDetach: boolean;
}

/** @param config the stack's configuration, or the arguments of an explicit provider */
export function readSettings(env: NodeJS.ProcessEnv, config: StackConfig): Settings {
  const origins = originsOf(env, config);
  const found = merge(origins.levels);
  found.authority ??= found.endpoint;
  const kind = chooseKind(origins.levels, found.credential);

  const controlPlane = ControlPlane.safeParse(found);
  const credential = CredentialSettings.safeParse({ ...found, kind: kind ?? "clientSecret" });
  const lacks = new Set(
    [controlPlane, credential].flatMap(({ error }) => error?.issues.map(({ path }) => path[0]) ?? []),
  );
  const missing = settingNames.filter((name) => found[name] === undefined && name !== "authority" && lacks.has(name));
  if (missing.length > 0) throw missingError(origins, missing, kind);
  if (!controlPlane.success) throw malformedError(controlPlane.error);
  if (!credential.success) throw malformedError(credential.error);
  return {
    ...controlPlane.data,
    credential: credential.data,
    helmProgram: env[processSettings.helmProgram.variable] || "helm",
    cacheDir:
      env[processSettings.cacheDir.variable] || join(env.XDG_CACHE_HOME || join(homedir(), ".cache"), "arcfleet"),
    forceDetach: env[processSettings.forceDetach.variable] === "1",
  };
}

/** The strongest level that has a setting gives it. */
function merge(levels: readonly FoundSettings[]): FoundSettings {
  const found = Object.assign({}, ...levels.toReversed());
  // The file and the text say the same thing: the stronger level's one counts.
  const strongest = levels.find(({ caFile, caCertificate }) => caFile !== undefined || caCertificate !== undefined);
  if (strongest?.caFile !== undefined && strongest.caCertificate !== undefined) {
    throw new SettingsError("Both `caFile` and `caCertificate` are given: leave one of them out.");
  }
  return { ...found, caFile: strongest?.caFile, caCertificate: strongest?.caCertificate };
}

/** The kind that was chosen by name, or the one that the strongest level with a secret, certificate or token stands for. */
function chooseKind(levels: readonly FoundSettings[], named: string | undefined): CredentialKind | undefined {
  if (named === undefined) return levels.map(recogniseKind).find((kind) => kind !== undefined);
  if (isCredentialKind(named)) return named;
  throw new SettingsError(
    `There is no kind of credential '${named}' (ARCFLEET_CREDENTIAL, arcfleet:credential): use ${credentialKinds.join(", ")}.`,
  );
}

function missingError(origins: Origins, missing: readonly SettingName[], kind: CredentialKind | undefined) {
  const otherKinds =
    "For another kind of credential than a client secret give AZURE_CLIENT_CERTIFICATE_PATH or AZURE_FEDERATED_TOKEN_FILE, " +
    `or name one with ARCFLEET_CREDENTIAL: ${credentialKinds.join(", ")}.`;
  return new SettingsError(
    [
      `The connection to the control plane lacks ${missing.join(", ")}. ${origins.allAtOnce}, or give each piece:`,
      ...missing.map((name) => `  ${name}: ${origins.howToGive(name)}`),
      ...(kind === undefined ? [otherKinds] : []),
    ].join("\n"),
  );
}

const malformedError = (error: z.ZodError) =>
  new SettingsError(`The connection to the control plane: ${z.prettifyError(error)}`);
