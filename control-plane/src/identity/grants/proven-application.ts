import type { TokenForm } from "@arcfleet/contract";
import type { Application } from "../applications.ts";
import { TokenError } from "../token-error.ts";
import type { GrantOptions } from "./grant.ts";

type Options = Pick<GrantOptions, "applications" | "failedLogins" | "authenticateClient">;

/**
 * The application that a request names, once it has proven who it is. Failures are counted by address and name.
 * @throws TokenError
 */
export async function provenApplication(options: Options, form: TokenForm, address: string): Promise<Application> {
  const { applications, failedLogins, authenticateClient } = options;
  const clientId = form.client_id.toLowerCase();
  const waitSeconds = failedLogins.waitSeconds(address, clientId);
  try {
    const application = await applications.findByAppId(clientId);
    if (application === undefined) {
      throw new TokenError(
        "unknownClient",
        `Application with identifier '${clientId}' was not found in the directory.`,
      );
    }
    await authenticateClient(application, form, waitSeconds);
    return application;
  } catch (error) {
    const isOurs = error instanceof TokenError && error.kind === "issuerUnreachable";
    if (error instanceof TokenError && waitSeconds === 0 && !isOurs) failedLogins.record(address, clientId);
    throw error;
  }
}
