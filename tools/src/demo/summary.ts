import { relative } from "node:path";
import { z } from "zod";
import { repositoryRoot } from "../setup/repository.ts";
import { type DemoCluster, demoPaths } from "./demo-state.ts";
import { stackName } from "./fleet-stack.ts";

/** The output `clusters` of examples/fleet. */
export const FleetOutput = z.object({
  clusters: z.array(
    z.object({
      name: z.string(),
      connectivity: z.string().nullish(),
      kubernetes: z.string().nullish(),
      agents: z.string().nullish(),
      flux: z.string().nullish(),
      applied: z.string().nullish(),
      compliance: z.string().nullish(),
    }),
  ),
});

export interface SummaryInput {
  readonly outputs: unknown;
  readonly clusters: readonly DemoCluster[];
  readonly endpoint: string;
  readonly gitUrl: string;
  readonly envFile: string;
}

/** What now runs, how to look at it, and how to stop it: as lines. */
export function summaryLines({ outputs, clusters, endpoint, gitUrl, envFile }: SummaryInput): string[] {
  const rows = FleetOutput.parse(outputs).clusters.map((one) => [
    one.name,
    one.connectivity ?? "?",
    one.kubernetes ?? "?",
    one.agents ?? "?",
    one.flux ?? "?",
    one.compliance ?? "?",
    one.applied ?? "?",
  ]);
  const [first] = clusters;
  const work = here(`${demoPaths.repository}/work`);
  return [
    "",
    ...table([["CLUSTER", "CONNECTIVITY", "KUBERNETES", "AGENTS", "EXTENSION", "COMPLIANCE", "APPLIED"], ...rows]),
    "",
    `control plane   ${endpoint}   (how to reach it: ${here(demoPaths.connection)}, log: ${here(demoPaths.logs)})`,
    `repository      ${gitUrl}   (work in ${work})`,
    "",
    "Look at it:",
    `  source ${here(envFile)}          # puts kubectl, helm and pulumi of this run on PATH`,
    ...clusters.map(({ kubeconfig }) => `  kubectl --kubeconfig ${kubeconfig} get deploy -n azure-arc`),
    `  kubectl --kubeconfig ${first?.kubeconfig ?? "FILE"} get deploy,pods -n hello`,
    `  pulumi -C examples/fleet preview --stack ${stackName} --config-file "$ARCFLEET_DEMO_CONFIG"`,
    "",
    "Change it: a commit reaches both clusters a few seconds later",
    `  sed -i 's/Hello.*/Hello, fleet/' ${work}/apps/greeting.yaml`,
    `  git -C ${work} commit -am 'Another greeting' && git -C ${work} push`,
    `  kubectl --kubeconfig ${first?.kubeconfig ?? "FILE"} get configmap greeting -n hello -o jsonpath='{.data.greeting}'`,
    "",
    "Stop it, and remove all of it:",
    "  npm run demo -- down",
    "",
  ];
}

const here = (path: string): string => relative(repositoryRoot, path);

/** Columns as wide as their widest cell. */
function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd(),
  );
}
