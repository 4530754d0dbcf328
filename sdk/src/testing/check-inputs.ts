import { type HostedKey, hintsProperty, providerProperty } from "@arcfleet/provider";
import { lifecycleOf, type Properties, readHints } from "@arcfleet/provider/lifecycle";

/** The provider's own check of a new resource, of what the engine would hand to it. */
export function checkInputs(kind: HostedKey, sent: Properties) {
  const { [providerProperty]: _provider, [hintsProperty]: hints, ...inputs } = sent;
  const given = Object.fromEntries(Object.entries(inputs).filter(([, value]) => value !== undefined && value !== null));
  return lifecycleOf(kind).check(given, undefined, readHints(hints));
}
