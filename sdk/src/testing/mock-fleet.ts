import * as pulumi from "@pulumi/pulumi";
import { kubeconfigFiles } from "../kubeconfig-files.ts";
import { DeclaredFleet } from "./declared-fleet.ts";
import { FleetRecorder } from "./fleet-recorder.ts";
import { ProgramError } from "./program-error.ts";
import { type Project, readProject, stackConfiguration } from "./project-settings.ts";
import { readExports } from "./read-exports.ts";
import { setRecordingMocks } from "./recording-mocks.ts";
import { runToItsEnd } from "./run-to-its-end.ts";
import { sampleKubeconfig } from "./sample-kubeconfig.ts";

/**
 * A program to run: the URL of its main file, or a function that declares resources. By URL the project's `Pulumi.yaml` gives name
 * and defaults, and the file is run anew each time; `() => import("./index.ts")` declares its resources only the first time.
 */
export type Program = URL | (() => unknown);

/** All of them may be left out. */
export interface MockFleetOptions {
  /**
   * The stack's configuration, by name, with or without the project's name in front. Values other than text are written as JSON.
   * @default the defaults of the project's `Pulumi.yaml`
   * @example { gitUrl: "https://git.example.com/fleet.git", "arcfleet:endpoint": "https://arc.example.com" }
   */
  readonly config?: Readonly<Record<string, unknown>>;
  /** @default the name in `Pulumi.yaml`; "project" for a function */
  readonly project?: string;
  /** @default "test" */
  readonly stack?: string;
  /** @default "organization" */
  readonly organization?: string;
  /**
   * Runs the program as `pulumi preview` does before anything exists: ids and what only the service tells are not known.
   * @default false
   */
  readonly preview?: boolean;
  /**
   * What the program is told instead of what is likely, by the name of the resource.
   * @default every cluster is `Connected`, every extension `Succeeded`, every configuration `Compliant`
   * @example { east: { connectivityStatus: "Offline" } }
   */
  readonly outputs?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * The outputs of other stacks that the program reads with `pulumi.StackReference`, by the full name of the stack.
   * @default none
   * @example { "acme/network/production": { kubeconfig: sampleKubeconfig() } }
   */
  readonly stackReferences?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /**
   * Answers for resources and functions of other providers.
   * @default a resource gets its inputs as outputs and an id after its name; a function that is called is a problem
   */
  readonly mocks?: Partial<pulumi.runtime.Mocks>;
}

/**
 * Runs a program without Pulumi's engine, without a control plane and without a cluster, and gives what it declared. Inputs go
 * through the provider's own checks; what the program is told is what happens when everything goes well, by the provider's own rules
 * for ids and states. `readKubeconfig` reads no file. One run at a time in a process.
 *
 * @example
 * const fleet = await mockFleet(new URL("./index.ts", import.meta.url), { config: { gitUrl: "https://example.com/f.git" } });
 * assert.deepEqual(fleet.clusters.map(({ name }) => name), ["east", "west"]);
 * @throws ProgramError with everything that `pulumi preview` would refuse; otherwise what the program throws. An error in a callback of
 * an output that is not exported is an unhandled rejection, which every test runner reports by itself.
 */
export async function mockFleet(program: Program, options: MockFleetOptions = {}): Promise<DeclaredFleet> {
  if (isRunning) throw new ProgramError("mockFleet runs one program at a time: await it before you call it again.");
  isRunning = true;
  const readFile = kubeconfigFiles.read;
  try {
    kubeconfigFiles.read = (path) => sampleKubeconfig(`https://${path.replaceAll(/\W+/g, "-")}.example.com:6443`);
    return await run(program, options);
  } finally {
    kubeconfigFiles.read = readFile;
    isRunning = false;
  }
}

let isRunning = false;

async function run(program: Program, options: MockFleetOptions): Promise<DeclaredFleet> {
  const project = await projectOf(program, options);
  const recorder = new FleetRecorder(options);
  await setRecordingMocks(recorder, {
    project: project.name,
    stack: options.stack ?? "test",
    organization: options.organization ?? "organization",
    preview: options.preview ?? false,
  });
  pulumi.runtime.setAllConfig(stackConfiguration(project, options.config ?? {}));

  const exports = await readExports(await runToItsEnd(program, () => recorder.declared.length));
  const problems = [...recorder.problems, ...misdirectedOutputs(recorder, options)];
  if (problems.length > 0) throw new ProgramError(problems.join("\n"));
  return new DeclaredFleet(recorder.declared, exports);
}

async function projectOf(program: Program, { project }: MockFleetOptions): Promise<Project> {
  if (program instanceof URL) {
    const read = await readProject(program);
    return { ...read, name: project ?? read.name };
  }
  return { name: project ?? "project", settings: new Map() };
}

/** An answer that goes to nobody is a slip in the test. */
const misdirectedOutputs = ({ declared }: FleetRecorder, { outputs = {} }: MockFleetOptions): string[] =>
  Object.keys(outputs)
    .filter((name) => !declared.some((resource) => resource.name === name))
    .map((name) => `\`outputs\` names '${name}', and the program declares no resource of that name`);
