import { DomainError } from "../errors.ts";
import { parseTerms } from "./odata-terms.ts";

/** Which assignments a list shows. */
export interface AssignmentFilter {
  /** Without what lies below the scope. */
  readonly isAtScope: boolean;
  readonly principalId?: string;
  /** A principal whose roles are wanted, those of its groups included as far as they are known. */
  readonly assignedTo?: string;
}

/**
 * Reads the `$filter` forms of role assignment lists: `atScope()`, `principalId eq '…'` and `assignedTo('…')`, joined by `and`.
 * Anything else is refused, because to ignore it would show more than was asked for.
 */
export function parseAssignmentFilter(text: string | undefined): AssignmentFilter {
  let filter: AssignmentFilter = { isAtScope: false };
  for (const { name, value } of parseTerms(text) ?? [{ name: "" }]) {
    if (name === "atscope" && value === undefined) filter = { ...filter, isAtScope: true };
    else if (name === "principalid" && value !== undefined) filter = { ...filter, principalId: value.toLowerCase() };
    else if (name === "assignedto" && value !== undefined) filter = { ...filter, assignedTo: value.toLowerCase() };
    else {
      throw new DomainError(
        "BadRequest",
        `The $filter is not understood: '${text}'. Possible are atScope(), principalId eq '…' and assignedTo('…'), joined by 'and'.`,
      );
    }
  }
  return filter;
}
