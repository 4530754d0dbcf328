import { readdirSync } from "node:fs";
import { join, relative, resolve } from "node:path";

const ending = /\.(kubeconfig|ya?ml|conf)$/;

/**
 * The kubeconfigs of a folder, each named after its cluster: `east.kubeconfig`, `east.yaml`.
 * @param out the folder of the program, from which the paths lead
 */
export function kubeconfigsOf(folder: string, out: string): (cluster: string) => string | undefined {
  const files = new Map(
    readdirSync(folder)
      .filter((file) => ending.test(file))
      .map((file) => [file.replace(ending, "").toLowerCase(), join(resolve(folder), file)]),
  );
  return (cluster) => {
    const file = files.get(cluster.toLowerCase());
    if (file === undefined) return undefined;
    const path = relative(out, file);
    return path.startsWith(".") ? path : `./${path}`;
  };
}
