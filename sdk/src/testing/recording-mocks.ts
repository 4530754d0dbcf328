import type { Properties } from "@arcfleet/provider/lifecycle";
import { runtime, secret } from "@pulumi/pulumi";
import { MockMonitor } from "@pulumi/pulumi/runtime/mocks.js";
import { type RawInputs, rawInputs } from "./raw-inputs.ts";

/** A resource as it reaches the engine. */
export interface Registration extends RawInputs {
  readonly name: string;
  readonly type: string;
  /** Set for what is only looked up. */
  readonly readId: string | undefined;
  readonly isCustom: boolean;
  readonly parentUrn: string;
  readonly dependencyUrns: readonly string[];
  readonly additionalSecrets: readonly string[];
  readonly options: { readonly protect: boolean; readonly ignoreChanges: readonly string[]; readonly provider: string };
}

/** What a program is told of a resource. */
export interface Answer {
  readonly id: string | undefined;
  readonly state: Properties;
}

export interface Recorder {
  answer(registration: Registration): Answer | Promise<Answer>;
  call: runtime.Mocks["call"];
  /** Called before the program learns the answer. */
  registered(registration: Registration, urn: string, answer: Answer): void;
}

export interface StackNames {
  readonly project: string;
  readonly stack: string;
  readonly organization: string;
  readonly preview: boolean;
}

/**
 * Puts Pulumi's own mocks in place of the engine and listens to what reaches them: mocks alone are told neither parents nor
 * dependencies, and get values that are not known yet in a form of the SDK's own.
 */
export async function setRecordingMocks(recorder: Recorder, { project, stack, organization, preview }: StackNames) {
  let current: { readonly registration: Registration; answer?: Answer } | undefined;
  const mocks: runtime.Mocks = {
    call: (args) => recorder.call(args),
    async newResource() {
      // The monitor asks before it first awaits anything, so this is still the resource that was registered last.
      const asked = current;
      if (asked === undefined) throw new Error("Pulumi's mock monitor asks for a resource that was not registered");
      asked.answer = await recorder.answer(asked.registration);
      return { id: asked.answer.id, state: withSecrets(asked.registration, asked.answer.state) };
    },
  };
  await runtime.setMocks(mocks, project, stack, preview, organization);
  const monitor: unknown = runtime.getMonitor();
  if (!(monitor instanceof MockMonitor)) throw new Error("this version of @pulumi/pulumi mocks the engine differently");

  const recorded = (registration: Registration, callback: Callback): Callback => {
    const own: typeof current = { registration };
    current = own;
    return (error, response) => {
      if (response !== undefined && own.answer !== undefined) {
        recorder.registered(registration, response.getUrn(), own.answer);
      }
      callback(error, response);
    };
  };
  const { registerResource, readResource } = monitor;
  monitor.registerResource = (request: RegisterRequest, callback: Callback) =>
    registerResource.call(monitor, request, recorded(registrationOf(request), callback));
  monitor.readResource = (request: ReadRequest, callback: Callback) =>
    readResource.call(monitor, request, recorded(lookupOf(request), callback));
}

/** What went in as a secret comes out as one. */
function withSecrets({ secrets, additionalSecrets }: Registration, state: Properties): Record<string, unknown> {
  const told: Record<string, unknown> = { ...state };
  for (const name of new Set([...secrets, ...additionalSecrets])) {
    if (told[name] !== undefined) told[name] = secret(told[name]);
  }
  return told;
}

const registrationOf = (request: RegisterRequest): Registration => ({
  ...commonParts(request),
  ...rawInputs(request.getObject()?.toJavaScript() ?? {}),
  readId: undefined,
  isCustom: request.getCustom(),
  options: {
    protect: request.getProtect() ?? false,
    ignoreChanges: request.getIgnorechangesList(),
    provider: request.getProvider(),
  },
});

const lookupOf = (request: ReadRequest): Registration => ({
  ...commonParts(request),
  ...rawInputs(request.getProperties()?.toJavaScript() ?? {}),
  readId: request.getId(),
  isCustom: true,
  options: { protect: false, ignoreChanges: [], provider: request.getProvider() },
});

const commonParts = (request: ResourceRequest) => ({
  name: request.getName(),
  type: request.getType(),
  parentUrn: request.getParent(),
  dependencyUrns: request.getDependenciesList(),
  additionalSecrets: request.getAdditionalsecretoutputsList(),
});

/** The parts of the engine's messages that are read here; the types of the whole need a library of their own. */
interface ResourceRequest {
  getType(): string;
  getName(): string;
  getParent(): string;
  getProvider(): string;
  getDependenciesList(): string[];
  getAdditionalsecretoutputsList(): string[];
}

interface RegisterRequest extends ResourceRequest {
  getCustom(): boolean;
  getProtect(): boolean | undefined;
  getIgnorechangesList(): string[];
  getObject(): { toJavaScript(): Properties } | undefined;
}

interface ReadRequest extends ResourceRequest {
  getId(): string;
  getProperties(): { toJavaScript(): Properties } | undefined;
}

type Callback = (error: unknown, response: { getUrn(): string } | undefined) => void;
