import { writeFile } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { demoFolder, demoPaths } from "./demo-state.ts";
import { stackName } from "./fleet-stack.ts";
import type { ToolPaths } from "./tool-paths.ts";

export const envFile = join(demoFolder, "env.sh");

/** Writes what a shell needs to work on the demo's stack by hand. Mode 0600: it holds the stack's passphrase. */
export async function writeEnvFile(tools: ToolPaths, env: NodeJS.ProcessEnv): Promise<void> {
  const folders = [process.execPath, tools.pulumi, tools.helm, tools.kubectl].map(dirname);
  const values = {
    ARCFLEET_CONNECTION: demoPaths.connection,
    ARCFLEET_HELM: tools.helm,
    ARCFLEET_DEMO_CONFIG: join(demoPaths.pulumi, `Pulumi.${stackName}.yaml`),
    PULUMI_BACKEND_URL: env.PULUMI_BACKEND_URL ?? "",
    PULUMI_CONFIG_PASSPHRASE: env.PULUMI_CONFIG_PASSPHRASE ?? "",
    PULUMI_HOME: env.PULUMI_HOME ?? "",
    PULUMI_SKIP_UPDATE_CHECK: "1",
  };
  const lines = [
    `export PATH=${quote([...new Set(folders)].join(delimiter))}${delimiter}"$PATH"`,
    ...Object.entries(values).map(([name, value]) => `export ${name}=${quote(value)}`),
  ];
  await writeFile(envFile, `${lines.join("\n")}\n`, { mode: 0o600 });
}

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
