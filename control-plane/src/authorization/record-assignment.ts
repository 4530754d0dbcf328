import { type Asked, recordDone } from "../activity/record-operation.ts";
import type { Tx } from "../db/store.ts";
import type { Services } from "../services.ts";

/** A change of who may do what is in the activity log, or is not made. */
export const recordAssignment = (
  services: Pick<Services, "clock">,
  tx: Tx,
  resourceId: string,
  verb: "write" | "delete",
  { httpStatus, ...asked }: Asked & { readonly httpStatus: number },
): Promise<void> =>
  recordDone(
    services,
    tx,
    { resourceId, action: `Microsoft.Authorization/roleAssignments/${verb}`, httpStatus },
    asked,
  );
