/** Where the bearer token of calls comes from. */
export interface TokenSource {
  /** A token with some life left; waits for one if need be. */
  get(signal?: AbortSignal): Promise<string>;
  /** The token was refused: do not hand it out again. */
  refused(token: string): void;
}
