import type { ArmResource } from "@arcfleet/contract";
import { inputsOfRecord, kindOf } from "@arcfleet/provider/inventory";
import { Code, call, fieldsOf } from "./code.ts";
import { classOf, type ExportedKey, exportedTypes } from "./exported-types.ts";

/** What a declaration says beside what the record says. */
export interface DeclarationContext {
  /** The name of the Pulumi resource. */
  readonly logicalName: string;
  /** The variable that holds it; absent when nothing refers to it. */
  readonly variable: string | undefined;
  /** The variable of what it is in or below; absent for what is in nothing. */
  readonly parent: string | undefined;
  /** The variable of the sibling that must be there first. */
  readonly sibling: string | undefined;
  /** The path of a kubeconfig, as the program names it. */
  readonly kubeconfig: string | undefined;
  /** The key of the configuration for a secret at a path. */
  secretKey(path: readonly string[]): string;
}

/** The statement that declares a resource as it is, to be adopted. */
export function declarationOf(key: ExportedKey, record: ArmResource, context: DeclarationContext): string {
  const kind = kindOf(key);
  const { derived = [], after } = exportedTypes[key];
  const inputs = inputsOfRecord(kind, record, (path) => call("config.requireSecret", context.secretKey(path)));
  const { name, ...rest } = inputs;
  const parentInput = Object.keys(kind.place.inputs).find((input) => input !== "name");
  const args: Record<string, unknown> = {
    ...(parentInput === undefined ? {} : { [parentInput]: context.parent && new Code(context.parent) }),
    name: name === context.logicalName ? undefined : name,
    ...(after === undefined ? {} : { [after.argument]: context.sibling && new Code(context.sibling) }),
    ...Object.fromEntries(Object.entries(rest).filter(([input]) => input !== parentInput && !derived.includes(input))),
    kubeconfig: context.kubeconfig === undefined ? undefined : { path: context.kubeconfig },
    adopt: true,
  };
  const made = `new ${classOf(key)}(${JSON.stringify(context.logicalName)}, {\n${fieldsOf(args).join(",\n")}\n});`;
  return context.variable === undefined ? made : `const ${context.variable} = ${made}`;
}
