import { z } from "zod";

/** What somebody says who wants to get to the Kubernetes API of a connected cluster. */
export const ListClusterUserCredential = z.object({
  /** Who they are to the cluster: the holder of a token of it, or somebody of the directory. */
  authenticationMethod: z.enum(["Token", "AAD"]),
  /** Whether a proxy on the client's side is to be reached. */
  clientProxy: z.boolean(),
});
