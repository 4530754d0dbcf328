/** Brings the extensions that follow a release train to what a changed extension type offers them. */
export interface Upgrades {
  /** Begins, unless nothing changed; called after the commit of a change of the type. */
  begin(typeKey: string): void;
  /** Ends after the extensions that are being written; the next start goes on. */
  close(): Promise<void>;
}
