/** The `code` of a system error, such as `ENOENT`. Not by `instanceof`: errors of Node's own come from another realm in tests. */
export const errorCode = (error: unknown): unknown =>
  typeof error === "object" && error !== null && "code" in error ? error.code : undefined;
