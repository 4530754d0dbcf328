import { chooseContext, type Outside, textOf } from "./kubeconfig.ts";
import { contextOf, KubeconfigSource } from "./kubeconfig-source.ts";

/**
 * A source as the text of a kubeconfig that holds the chosen context alone, for programs that hand it to other providers.
 * @throws ClusterError saying what is wrong with it
 */
export function kubeconfigText(given: unknown, context: string | undefined, outside?: Partial<Outside>): string {
  const source = KubeconfigSource.parse(given);
  return textOf(chooseContext(source, contextOf(source, context), outside));
}
