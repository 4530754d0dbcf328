import { DomainError } from "../errors.ts";

/** Which assignments a list shows. */
export interface AssignmentFilter {
  /** Without what lies below the scope. */
  readonly isAtScope: boolean;
  readonly principalId?: string;
}

/**
 * Reads the `$filter` forms of role assignment lists: `atScope()`, `principalId eq '…'` and `assignedTo('…')`, joined by `and`.
 * Anything else is refused, because to ignore it would show more than was asked for.
 */
export function parseAssignmentFilter(text: string | undefined): AssignmentFilter {
  let filter: AssignmentFilter = { isAtScope: false };
  for (const term of (text ?? "").split(/\s+and\s+/i).map((each) => each.trim())) {
    const principalId = /^(?:principalId\s+eq\s+'([^']*)'|assignedTo\('([^']*)'\))$/i.exec(term);
    if (/^atScope\(\)$/i.test(term)) filter = { ...filter, isAtScope: true };
    else if (principalId) filter = { ...filter, principalId: (principalId[1] ?? principalId[2] ?? "").toLowerCase() };
    else if (term !== "") {
      throw new DomainError(
        "BadRequest",
        `The $filter is not understood: '${term}'. Possible are atScope(), principalId eq '…' and assignedTo('…'), joined by 'and'.`,
      );
    }
  }
  return filter;
}
