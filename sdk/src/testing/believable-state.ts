import { fullType, type TypeKey, types } from "@arcfleet/contract";
import type { HostedKey } from "@arcfleet/provider";
import { kindOf, lifecycleOf, type Properties, toState } from "@arcfleet/provider/lifecycle";
import { believableOutputs } from "./believable-outputs.ts";
import type { Answer } from "./recording-mocks.ts";
import { mockSubscription, stableGuid } from "./stable-guid.ts";

/** What the provider answers when everything goes well, by its own rules for ids and states. */
export function believableState(key: HostedKey, inputs: Properties): Answer {
  if (!isRecord(key)) {
    const id = lifecycleOf(key).placeOf(inputs);
    return { id, state: { ...inputs, ...believableOutputs(key, inputs, id).own } };
  }
  const kind = kindOf(key);
  const id = kind.place.idOf(inputs, mockSubscription);
  const { record, own } = believableOutputs(key, inputs, id);
  const answer = {
    id,
    name: String(inputs.name),
    type: fullType(kind.definition),
    identity: { type: "SystemAssigned", principalId: stableGuid(`${id} identity`) },
    properties: { ...record },
  };
  return { id, state: toState(kind, inputs, answer, own) };
}

/** The same for a resource that is only looked up: its inputs are those that its id tells. */
export const believableLookup = (key: HostedKey, id: string): Answer => ({
  id,
  state: isRecord(key) ? believableState(key, kindOf(key).place.inputsOf(id)).state : {},
});

const isRecord = (key: HostedKey): key is TypeKey => key in types;
