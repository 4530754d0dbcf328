import { existsSync } from "node:fs";
import { mkdir, rename } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { type EngineResult, type EngineRun, runEngine } from "./run-engine.ts";

export interface WorkspaceOptions {
  /** The folder of the Pulumi program. Nothing is left in it. */
  readonly projectFolder: string;
  /** Where state, configuration and the engine's own settings go: the user's login and stacks are neither read nor changed. */
  readonly stateFolder: string;
  readonly stack: string;
  readonly passphrase: string;
  /** The folder with `pulumi`, its language host and its launcher for dynamic providers. */
  readonly pulumiFolder: string;
  /** What the program and the provider find in their environment, besides what every program needs. */
  readonly env?: Readonly<Record<string, string>>;
}

export type EngineOptions = Pick<EngineRun, "signal" | "crash" | "onEvent"> & {
  readonly timeoutMs?: number;
  readonly args?: readonly string[];
};

/** One stack of one program, driven through the real Pulumi CLI with a file backend. */
export interface Workspace {
  readonly env: NodeJS.ProcessEnv;
  setConfig(key: string, value: string, options?: { secret?: boolean; path?: boolean }): Promise<void>;
  preview(options?: EngineOptions): Promise<EngineResult>;
  up(options?: EngineOptions): Promise<EngineResult>;
  refresh(options?: EngineOptions): Promise<EngineResult>;
  destroy(options?: EngineOptions): Promise<EngineResult>;
  /** The arguments are a type token, a name and an id. */
  import(options: EngineOptions): Promise<EngineResult>;
  outputs(): Promise<Record<string, unknown>>;
  /** The state as it is stored, for looking at what is in it. */
  exportState(options?: { readonly showSecrets?: boolean }): Promise<string>;
  /** Takes away the lock that a killed engine left. */
  unlock(): Promise<void>;
  removeStack(): Promise<void>;
}

const commandTimeoutMs = 120_000;
const engineTimeoutMs = 15 * 60_000;

export async function openWorkspace(options: WorkspaceOptions): Promise<Workspace> {
  const { projectFolder, stateFolder, stack } = options;
  const backend = join(stateFolder, "state");
  const configFile = join(stateFolder, `Pulumi.${stack}.yaml`);
  await mkdir(backend, { recursive: true, mode: 0o700 });

  const env: NodeJS.ProcessEnv = {
    ...process.env,
    ...options.env,
    PATH: [options.pulumiFolder, dirname(process.execPath), process.env.PATH].join(delimiter),
    PULUMI_BACKEND_URL: `file://${backend}`,
    PULUMI_CONFIG_PASSPHRASE: options.passphrase,
    PULUMI_HOME: join(stateFolder, "home"),
    PULUMI_SKIP_UPDATE_CHECK: "1",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    // Jest's own flags, which mean nothing to the engine's Node processes.
    NODE_OPTIONS: "",
  };

  const command = async (args: readonly string[], input?: string): Promise<string> => {
    const result = await execa("pulumi", [...args, "--non-interactive"], {
      cwd: projectFolder,
      env,
      timeout: commandTimeoutMs,
      reject: false,
      ...(input === undefined ? {} : { input }),
    });
    if (result.failed) throw new Error(`pulumi ${args.slice(0, 2).join(" ")}: ${result.stderr || result.shortMessage}`);
    return result.stdout;
  };
  const engine =
    (name: string, flags: readonly string[]) =>
    ({ args = [], timeoutMs = engineTimeoutMs, ...rest }: EngineOptions = {}): Promise<EngineResult> =>
      runEngine({
        args: [name, ...flags, "--stack", stack, "--config-file", configFile, ...args],
        cwd: projectFolder,
        env,
        timeoutMs,
        ...rest,
      });

  const stacks = z.array(z.object({ name: z.string() })).parse(JSON.parse(await command(["stack", "ls", "--json"])));
  if (!stacks.some(({ name }) => name === stack || name.endsWith(`/${stack}`))) {
    await command(["stack", "init", stack]);
  }
  // It holds the salt of the passphrase. The engine writes it into the project and can only be told a place of its own once it
  // is there; a run that was killed in between left it there.
  const written = join(projectFolder, `Pulumi.${stack}.yaml`);
  if (!existsSync(configFile) && existsSync(written)) await rename(written, configFile);

  return {
    env,
    async setConfig(key, value, { secret = false, path = false } = {}) {
      const flags = [...(secret ? ["--secret"] : ["--plaintext"]), ...(path ? ["--path"] : [])];
      // The value travels over standard input: a secret must not be seen in the process list.
      await command(["config", "set", key, ...flags, "--stack", stack, "--config-file", configFile], value);
    },
    preview: engine("preview", []),
    up: engine("up", ["--yes", "--skip-preview"]),
    refresh: engine("refresh", ["--yes", "--skip-preview"]),
    destroy: engine("destroy", ["--yes", "--skip-preview"]),
    import: engine("import", ["--yes", "--skip-preview", "--generate-code=false", "--protect=false"]),
    async outputs() {
      const text = await command(["stack", "output", "--json", "--show-secrets", "--stack", stack]);
      return z.record(z.string(), z.unknown()).parse(JSON.parse(text));
    },
    exportState: ({ showSecrets = false } = {}) =>
      command(["stack", "export", "--stack", stack, ...(showSecrets ? ["--show-secrets"] : [])]),
    async unlock() {
      await command(["cancel", "--yes", "--stack", stack]);
    },
    async removeStack() {
      await command(["stack", "rm", stack, "--yes", "--force", "--preserve-config"]);
    },
  };
}
