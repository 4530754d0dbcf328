import type { Logger } from "pino";
import type { ActivityLog } from "./activity/activity-log.ts";
import type { Authorizer } from "./authorization/authorize.ts";
import type { Grants } from "./authorization/grants.ts";
import type { Roles } from "./authorization/roles.ts";
import type { Catalogue } from "./catalogue/catalogue.ts";
import type { ExtensionTypes } from "./catalogue/extension-types.ts";
import type { Upgrades } from "./catalogue/upgrades.ts";
import type { Clock } from "./clock.ts";
import type { Store } from "./db/store.ts";
import type { Generations } from "./desired/generation.ts";
import type { Throttle } from "./http/limits/throttle.ts";
import type { Metrics } from "./http/metrics.ts";
import type { Caller } from "./identity/caller.ts";
import type { Identity } from "./identity/identity.ts";
import type { ManagedIdentities } from "./identity/managed-identities.ts";
import type { Leases } from "./jobs/leases.ts";
import type { Pki } from "./pki/pki.ts";
import type { Secrets } from "./secrets/secrets.ts";
import type { Settings } from "./settings.ts";

/** What request handlers and verbs work with; made once in control-plane.ts. */
export interface Services {
  readonly settings: Settings;
  /** The origin of every absolute URL in answers, without a trailing slash. */
  readonly publicUrl: string;
  /** The one tenant and the one subscription of this control plane. */
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly store: Store;
  readonly log: Logger;
  readonly clock: Clock;
  readonly metrics: Metrics;
  /** Reads the `Authorization` header; throws AuthenticationFailed. */
  authenticate(authorizationHeader: string | undefined): Promise<Caller>;
  /** Throws AuthorizationFailed unless the caller may do `action` at `scope` (an ARM id). */
  authorize(caller: Caller, action: string, scope: string): Promise<void>;
  /** The same as a question, and what follows from roles besides. */
  readonly access: Authorizer;
  /** Who holds which roles, and what these are; to be told of changes. */
  readonly grants: Grants;
  readonly roles: Roles;
  /** The budgets of callers. */
  readonly throttle: Throttle;
  readonly identities: ManagedIdentities;
  /** The token issuer. */
  readonly identity: Identity;
  readonly pki: Pki;
  readonly secrets: Secrets;
  /** The charts that come with the control plane. */
  readonly catalogue: Catalogue;
  /** Those and what users registered. */
  readonly extensionTypes: ExtensionTypes;
  readonly upgrades: Upgrades;
  /** Which replica does which background work. */
  readonly leases: Leases;
  readonly generations: Generations;
  /** Whether a stop was asked for, and requests should go elsewhere. */
  isDraining(): boolean;
  /** For events that no transaction carries. */
  readonly activity: ActivityLog;
}
