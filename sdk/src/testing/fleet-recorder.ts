import { containsUnknown, type Properties } from "@arcfleet/provider/lifecycle";
import type * as pulumi from "@pulumi/pulumi";
import { believableLookup, believableState } from "./believable-state.ts";
import { checkInputs } from "./check-inputs.ts";
import type { DeclaredResource } from "./declared-resource.ts";
import type { MockFleetOptions } from "./mock-fleet.ts";
import { ourKind } from "./our-kind.ts";
import type { Answer, Recorder, Registration } from "./recording-mocks.ts";
import { shortType } from "./short-type.ts";

/** Answers a program as the engine and the providers would, and remembers what it declared and what was wrong with it. */
export class FleetRecorder implements Recorder {
  readonly declared: DeclaredResource[] = [];
  readonly problems: string[] = [];
  readonly #options: MockFleetOptions;
  readonly #byUrn = new Map<string, DeclaredResource>();
  readonly #checkedInputs = new Map<Registration, Properties>();

  constructor(options: MockFleetOptions) {
    this.#options = options;
  }

  async answer(registration: Registration): Promise<Answer> {
    const { id, state } = await this.#likelyAnswer(registration);
    return { id, state: { ...state, ...this.#options.outputs?.[registration.name] } };
  }

  async #likelyAnswer(registration: Registration): Promise<Answer> {
    const { type, name, isCustom, readId, values } = registration;
    const kind = ourKind(type);
    if (kind !== undefined && readId !== undefined) return believableLookup(kind, readId);
    if (kind !== undefined) {
      const { inputs: checked, failures } = checkInputs(kind, values);
      this.#checkedInputs.set(registration, checked);
      for (const { property, reason } of failures) {
        this.problems.push(`${kind} '${name}': property ${property} has a problem: ${reason}`);
      }
      // Nobody knows what would become of it. What depends on it is checked as in a preview.
      if (failures.length > 0 || this.#options.preview || containsUnknown(checked))
        return { id: undefined, state: checked };
      return believableState(kind, checked);
    }
    if (type === stackReference) return this.#stackReference(registration);
    if (!isCustom) return { id: undefined, state: {} };
    if (this.#options.preview && readId === undefined) return { id: undefined, state: values };
    const own = this.#options.mocks?.newResource;
    if (own === undefined) return { id: readId ?? `${name}-id`, state: values };
    const { id, state } = await own({ type, name, inputs: values, custom: isCustom, id: readId ?? "" });
    return { id, state };
  }

  #stackReference({ name, readId = name }: Registration): Answer {
    const outputs = this.#options.stackReferences?.[readId];
    if (outputs === undefined) {
      this.problems.push(`the program reads the stack '${readId}': give its outputs with \`stackReferences\``);
    }
    return { id: readId, state: { name: readId, outputs: outputs ?? {}, secretOutputNames: [] } };
  }

  call(args: pulumi.runtime.MockCallArgs) {
    const own = this.#options.mocks?.call;
    if (own !== undefined) return own(args);
    this.problems.push(`the program calls the function ${args.token}: answer it with \`mocks.call\``);
    return {};
  }

  registered(registration: Registration, urn: string, { id, state }: Answer): void {
    const { name, type, secrets, readId, options, parentUrn, dependencyUrns, values } = registration;
    const kind = ourKind(type);
    const resource: DeclaredResource = {
      name,
      type,
      kind,
      urn,
      id,
      isRead: readId !== undefined,
      inputs: this.#checkedInputs.get(registration) ?? values,
      secrets,
      outputs: state,
      parent: this.#byUrn.get(parentUrn),
      dependencies: dependencyUrns.flatMap((one) => this.#byUrn.get(one) ?? []),
      options,
    };
    if (this.#byUrn.has(urn)) this.problems.push(`two resources have the same URN: ${shortType(resource)} '${name}'`);
    this.#byUrn.set(urn, resource);
    this.declared.push(resource);
  }
}

const stackReference = "pulumi:pulumi:StackReference";
