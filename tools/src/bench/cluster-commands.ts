import { execa } from "execa";

const timeoutMs = 10 * 60_000;

/** helm and kubectl on one cluster, as a person would call them; the answer is their standard output. */
export interface ClusterCommands {
  helm(args: readonly string[], input?: string): Promise<string>;
  kubectl(args: readonly string[], input?: string): Promise<string>;
}

export function clusterCommands(programs: { helm: string; kubectl: string; kubeconfig: string }): ClusterCommands {
  const call =
    (program: string) =>
    async (args: readonly string[], input = "") =>
      (await execa(program, [...args, "--kubeconfig", programs.kubeconfig], { input, timeout: timeoutMs })).stdout;
  return { helm: call(programs.helm), kubectl: call(programs.kubectl) };
}
