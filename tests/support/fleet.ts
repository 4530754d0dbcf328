import { cp, symlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fleetFolder } from "@arcfleet/tools/demo/fleet-stack.ts";
import { type ToolPaths, toolPaths } from "@arcfleet/tools/demo/tool-paths.ts";
import type { EngineResult } from "@arcfleet/tools/pulumi/run-engine.ts";
import { openWorkspace, type Workspace } from "@arcfleet/tools/pulumi/workspace.ts";
import type { Spec } from "../e2e/program/spec.ts";
import { repositoryRoot } from "./source-files.ts";

export interface FleetOptions {
  /** Keeps the state; two programs that share it and the stack see the same resources. */
  readonly stateFolder: string;
  readonly stack: string;
  readonly connectionFile: string;
  /** Replaces or adds to what the provider finds in its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

const open = (projectFolder: string, tools: ToolPaths, options: FleetOptions): Promise<Workspace> =>
  openWorkspace({
    projectFolder,
    stateFolder: options.stateFolder,
    stack: options.stack,
    passphrase: "test",
    pulumiFolder: dirname(tools.pulumi),
    env: { ARCFLEET_CONNECTION: options.connectionFile, ARCFLEET_HELM: tools.helm, ...options.env },
  });

/** The example as users have it. */
export const exampleFleet = async (options: FleetOptions): Promise<Workspace> =>
  open(fleetFolder, await toolPaths(() => undefined), options);

/** The program of a folder below tests/e2e. */
export const testProgram = async (folder: string, options: FleetOptions): Promise<Workspace> =>
  open(join(repositoryRoot, "tests", "e2e", folder), await toolPaths(() => undefined), options);

/** An example that a test edits as its user would: a copy of its folder. */
export async function copiedExample(
  example: string,
  folder: string,
  options: FleetOptions,
): Promise<Workspace & { readonly folder: string }> {
  const copy = join(folder, example);
  await cp(join(repositoryRoot, "examples", example), copy, { recursive: true });
  await symlink(join(repositoryRoot, "node_modules"), join(copy, "node_modules"));
  return { ...(await open(copy, await toolPaths(() => undefined), options)), folder: copy };
}

/** A program that declares what a spec says. */
export interface SpecFleet extends Omit<Workspace, "setConfig"> {
  declare(spec: Spec): Promise<void>;
}

export async function specFleet(options: FleetOptions): Promise<SpecFleet> {
  const workspace = await testProgram("program", options);
  return { ...workspace, declare: (spec) => workspace.setConfig("fleet:spec", JSON.stringify(spec)) };
}

/** A program that declares a `Fleet` component, with the arguments that a spec says. */
export interface RingsFleet extends Omit<Workspace, "setConfig"> {
  declare(spec: object): Promise<void>;
}

export async function ringsFleet(options: FleetOptions): Promise<RingsFleet> {
  const folder = join(repositoryRoot, "tests", "e2e", "rings-program");
  const workspace = await open(folder, await toolPaths(() => undefined), options);
  return { ...workspace, declare: (spec) => workspace.setConfig("rings:spec", JSON.stringify(spec)) };
}

/** The steps that change something: `name: operation`, sorted. */
export const changesOf = ({ steps }: EngineResult): string[] =>
  steps
    .filter(({ op, type }) => !["same", "refresh", "read"].includes(op) && !type.startsWith("pulumi:"))
    .map(({ name, op }) => `${name}: ${op}`)
    .sort();

/** Fails with everything the engine said unless it succeeded. */
export function mustSucceed(result: EngineResult): EngineResult {
  if (result.exitCode === 0) return result;
  throw new Error(
    `pulumi ended with ${result.exitCode}:\n${result.diagnostics.join("\n")}\n--\n${result.output.slice(-4000)}`,
  );
}
