/** Something is wrong with the cluster to attach, or with the way to it; the message says what and what to do. */
export class ClusterError extends Error {
  override readonly name = "ClusterError";

  constructor(message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
  }
}
