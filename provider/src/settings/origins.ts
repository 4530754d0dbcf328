import { readConnectionFile } from "./connection-file.ts";
import { type FoundSettings, type SettingName, secretSettings, settingFields, settingNames } from "./fields.ts";
import { SettingsError } from "./settings-error.ts";

/** The configuration that the engine gave: the stack's (`arcfleet:endpoint` …), or the arguments of an explicit provider (`endpoint` …). */
export type StackConfig = Readonly<Record<string, unknown>>;

/** Where settings come from, the strongest first. */
export interface Origins {
  readonly levels: readonly FoundSettings[];
  /** How to give everything in one go, for messages. */
  readonly allAtOnce: string;
  /** How to give a setting, for messages. */
  howToGive(name: SettingName): string;
}

/** How the engine shows a secret setting of the stack to providers of this kind: it does not. */
const maskedSecret = "[secret]";

/** Which control plane it is; an explicit provider takes nothing of this from the environment, which is about another one. */
const ofTheControlPlane = new Set<SettingName>(["endpoint", "authority", "caFile", "caCertificate", "subscriptionId"]);

/** The names of an explicit provider's arguments have no namespace, those of a stack's configuration always have one. */
export const isExplicit = (config: StackConfig): boolean =>
  ["connection", ...settingNames].some((name) => textOf(config[name]) !== undefined);

export const originsOf = (env: NodeJS.ProcessEnv, config: StackConfig): Origins =>
  isExplicit(config) ? ofExplicitProvider(env, config) : ofStack(env, config);

/** The environment, then the stack's configuration, then the connection file that either names. */
function ofStack(env: NodeJS.ProcessEnv, config: StackConfig): Origins {
  const configured = collect((name) => textOf(config[`arcfleet:${name}`]));
  const fromEnvironment = collect((name) => textOf(env[settingFields[name].variable]));
  for (const name of settingNames) {
    if (configured[name] === maskedSecret && fromEnvironment[name] === undefined) throw maskedSecretError(name);
  }
  const path = textOf(env.ARCFLEET_CONNECTION) ?? textOf(config["arcfleet:connection"]);
  const file = path === undefined ? {} : readConnectionFile(path, "ARCFLEET_CONNECTION or arcfleet:connection");
  return {
    levels: [fromEnvironment, configured, file],
    allAtOnce: "Set ARCFLEET_CONNECTION to the connection.json that `arcfleet serve` wrote",
    howToGive: (name) =>
      secretSettings.has(name)
        ? settingFields[name].variable
        : `${settingFields[name].variable}, or \`pulumi config set arcfleet:${name} …\``,
  };
}

/** The arguments, then the connection file among them, then the environment for who we are. */
function ofExplicitProvider(env: NodeJS.ProcessEnv, config: StackConfig): Origins {
  const path = textOf(config.connection);
  const file = path === undefined ? {} : readConnectionFile(path, "`connection` of the Provider");
  return {
    levels: [
      collect((name) => textOf(config[name])),
      file,
      collect((name) => (ofTheControlPlane.has(name) ? undefined : textOf(env[settingFields[name].variable]))),
    ],
    allAtOnce: "Give the Provider a `connection`, the path of the connection.json that `arcfleet serve` wrote",
    howToGive: (name) =>
      ofTheControlPlane.has(name)
        ? `\`${name}\` of the Provider`
        : `\`${name}\` of the Provider, or ${settingFields[name].variable}`,
  };
}

function collect(find: (name: SettingName) => string | undefined): FoundSettings {
  const found: FoundSettings = {};
  for (const name of settingNames) {
    const value = find(name);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

const textOf = (value: unknown): string | undefined => (typeof value === "string" && value !== "" ? value : undefined);

const maskedSecretError = (name: SettingName): SettingsError =>
  new SettingsError(
    `arcfleet:${name} is a secret of the stack's configuration, and Pulumi does not show those to this provider. ` +
      `Set ${settingFields[name].variable} or ARCFLEET_CONNECTION instead, or hand it to a \`new Provider(…)\` in the program.`,
  );
