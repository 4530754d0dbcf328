/**
 * A kubeconfig that is well formed and leads nowhere: for programs that take the text of one.
 * @param server the address that it names
 */
export const sampleKubeconfig = (server = "https://cluster.example.com:6443"): string =>
  [
    "apiVersion: v1",
    "kind: Config",
    "current-context: sample",
    `clusters: [{ name: sample, cluster: { server: "${server}" } }]`,
    "users: [{ name: sample, user: { token: sample } }]",
    "contexts: [{ name: sample, context: { cluster: sample, user: sample } }]",
    "",
  ].join("\n");
