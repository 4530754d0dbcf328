import { readFile } from "node:fs/promises";
import { parse } from "yaml";
import { z } from "zod";
import { ProgramError } from "./program-error.ts";

/** What `Pulumi.yaml` says that a program can see. */
const ProjectFile = z.object({
  name: z.string(),
  config: z.record(z.string(), z.unknown()).default({}),
});

/** A setting is declared with type and default, or simply has a value. */
const Declaration = z.object({
  default: z.unknown().optional(),
  value: z.unknown().optional(),
  type: z.string().optional(),
});

export interface Project {
  readonly name: string;
  /** Every setting that the project declares, by full name, with its default. */
  readonly settings: ReadonlyMap<string, unknown>;
}

/** Reads the project that a program belongs to: `Pulumi.yaml` in its folder. */
export async function readProject(program: URL): Promise<Project> {
  const file = new URL("Pulumi.yaml", program);
  const text = await readFile(file, "utf8").catch((error: unknown) => {
    throw new ProgramError(`There is no project beside ${program.pathname}: ${String(error)}`);
  });
  const { name, config } = ProjectFile.parse(parse(text));
  const settings = Object.entries(config).map(([key, declared]): [string, unknown] => {
    const declaration = Declaration.safeParse(declared);
    return [fullKey(key, name), declaration.success ? (declaration.data.default ?? declaration.data.value) : declared];
  });
  return { name, settings: new Map(settings) };
}

/**
 * The configuration of the stack: the project's defaults, then what the test says.
 * @throws ProgramError when a setting without a default is not given, as `pulumi preview` does
 */
export function stackConfiguration(
  project: Project,
  given: Readonly<Record<string, unknown>>,
): Readonly<Record<string, string>> {
  const all = new Map(project.settings);
  for (const [key, value] of Object.entries(given)) all.set(fullKey(key, project.name), value);
  const missing = [...all].filter(([, value]) => value === undefined).map(([key]) => key);
  if (missing.length > 0) {
    throw new ProgramError(`The stack is missing values for ${missing.join(", ")}; give them with \`config\`.`);
  }
  return Object.fromEntries(
    [...all].map(([key, value]) => [key, typeof value === "string" ? value : JSON.stringify(value)]),
  );
}

const fullKey = (key: string, project: string): string => (key.includes(":") ? key : `${project}:${key}`);
