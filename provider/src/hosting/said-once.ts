/** Errors that explain themselves. By name, so that a preview does not load the libraries that they come from. */
const explained = new Set([
  "ArmRequestError",
  "ChartError",
  "ChartUploadError",
  "ClusterError",
  "HelmError",
  "SettingsError",
  "StateVersionError",
]);

/**
 * The plugin prints an error of `read` or `delete` with its stack beside handing it to the engine, which shows the message: an error
 * that explains itself would appear three times. What is unexpected keeps its stack.
 */
export async function saidOnce<T>(id: string, verb: () => Promise<T>): Promise<T> {
  try {
    return await verb();
  } catch (error) {
    if (error instanceof Error && explained.has(error.name)) {
      Object.assign(error, { stack: "see the error of the resource", toString: () => id });
    }
    throw error;
  }
}
