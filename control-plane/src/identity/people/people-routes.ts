import type { FastifyReply } from "fastify";
import { z } from "zod";
import type { App } from "../../http/app.ts";
import { readForms } from "../../http/form-body.ts";
import type { Services } from "../../services.ts";
import { pseudoTenants } from "../discovery.ts";
import { BadTargetError } from "./authorization-request.ts";
import { registerAuthorizeRoutes } from "./authorize-routes.ts";
import { ForeignFormError } from "./browser.ts";
import { registerDeviceRoutes } from "./device-routes.ts";
import { sendPage } from "./pages/page.ts";
import { messagePage } from "./pages/sign-in-pages.ts";
import { registerSignOutRoutes } from "./sign-out-routes.ts";

const Params = z.object({ tenant: z.string().optional() });

/** Registers the pages that people see. What goes wrong on them is said on a page. */
export function registerPeopleRoutes(app: App, services: Services): void {
  app.register(async (scope) => {
    readForms(scope);
    scope.setErrorHandler((error, _request, reply): FastifyReply => {
      if (error instanceof BadTargetError) return sendPage(reply, messagePage("This cannot work", error.message, 400));
      if (!(error instanceof ForeignFormError)) throw error;
      services.log.warn({ reason: error.message }, "a form was refused that no page of ours made");
      const message = "The form was not sent from this page, or the page was open for too long. Go back and try again.";
      return sendPage(reply, messagePage("Try again", message, 400));
    });
    scope.addHook("preHandler", async (request) => {
      const tenant = Params.parse(request.params).tenant?.toLowerCase();
      if (tenant === undefined || tenant === services.tenantId || pseudoTenants.includes(tenant)) return;
      throw new BadTargetError(`There is no tenant '${tenant}' here.`);
    });
    registerAuthorizeRoutes(scope, services);
    registerDeviceRoutes(scope, services);
    registerSignOutRoutes(scope, services);
  });
}
