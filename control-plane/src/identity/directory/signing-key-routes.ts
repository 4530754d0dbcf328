import { KeyRotation } from "@arcfleet/contract";
import type { App } from "../../http/app.ts";
import { addRoute } from "../../http/routes.ts";
import type { Services } from "../../services.ts";
import { beginDirectory, directoryPath, parseBody } from "./begin.ts";

/** The keys that sign access tokens. */
export function registerSigningKeyRoutes(app: App, services: Services): void {
  const { keys } = services.identity;
  const list = async () => ({ value: await keys.list(), nextLink: null });

  addRoute(app, `${directoryPath}/signingKeys`, {
    GET: async (request) => {
      await beginDirectory(services, request, "signingKeys", "signingKeys/read");
      return list();
    },
  });
  addRoute(app, `${directoryPath}/rotateSigningKeys`, {
    POST: async (request) => {
      const { caller } = await beginDirectory(services, request, "signingKeys", "rotateSigningKeys/action");
      const { mode } = parseBody(KeyRotation, request.body);
      await keys.rotate(mode);
      services.log.warn({ mode, principalId: caller.principalId }, "the keys of the token issuer were rotated");
      return list();
    },
  });
}
