/** The program has to begin anew: what it read once when it started has changed. Kubernetes starts it again at once. */
export class StartOver extends Error {
  override readonly name = "StartOver";
}
