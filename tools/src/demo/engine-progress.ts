import { type EngineEvent, toStep, withoutColours } from "../pulumi/engine-event.ts";

const verbs: Readonly<Record<string, [running: string, done: string]>> = {
  create: ["creating", "created"],
  update: ["updating", "updated"],
  replace: ["replacing", "replaced"],
  "create-replacement": ["creating anew", "created anew"],
  delete: ["deleting", "deleted"],
  "delete-replaced": ["deleting the old", "deleted the old"],
};

/** Turns the engine's events into lines for a person; steps without a change say nothing. */
export function engineProgress(log: (line: string) => void): (event: EngineEvent) => void {
  const startedAt = new Map<string, number>();
  return (event) => {
    const { resourcePreEvent: before, resOutputsEvent: after, resOpFailedEvent: failed, diagnosticEvent: said } = event;
    if (before) {
      const { op, urn, type, name } = toStep(before.metadata);
      startedAt.set(urn, performance.now());
      if (isShown(op, type)) log(`  ${verbs[op]?.[0]} ${kindOf(type)} ${name}`);
    }
    if (after) {
      const { op, urn, type, name } = toStep(after.metadata);
      const seconds = (performance.now() - (startedAt.get(urn) ?? performance.now())) / 1000;
      if (isShown(op, type)) log(`  ${verbs[op]?.[1]} ${kindOf(type)} ${name} in ${seconds.toFixed(1)} s`);
    }
    if (failed) {
      const { type, name } = toStep(failed.metadata);
      log(`  FAILED ${kindOf(type)} ${name}`);
    }
    if (said && said.severity !== "debug") {
      const name = said.urn?.split("::").at(-1);
      const text = withoutColours(said.message).trim();
      if (text !== "") log(`  ${said.severity === "error" ? "ERROR " : ""}${name ? `${name}: ` : ""}${text}`);
    }
  };
}

const isShown = (op: string, type: string): boolean =>
  verbs[op] !== undefined && !type.startsWith("pulumi:providers:") && type !== "pulumi:pulumi:Stack";

/** `pulumi-nodejs:dynamic/arcfleet:ConnectedCluster` is a ConnectedCluster to people. */
const kindOf = (type: string): string => type.split(":").at(-1) ?? type;
