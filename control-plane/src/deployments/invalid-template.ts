import { DomainError } from "../errors.ts";

export const invalidTemplate = (why: string): DomainError =>
  new DomainError("InvalidTemplate", `Deployment template validation failed: ${why}.`);
