import { formatResourceId, parseResourceId, type TypeDefinition } from "@arcfleet/contract";
import { z } from "zod";
import type { Properties } from "../inputs/plain.ts";

/** Which inputs make up the id of a resource, and how. Ids are chosen by us, so that a repeated create finds what an interrupted one left. */
export interface Place {
  /** The inputs; another value of any of them is another resource. */
  readonly inputs: Readonly<Record<string, z.ZodType>>;
  idOf(inputs: Properties, subscriptionId: string): string;
  /** The inputs that an id tells by itself: what is known of a resource that is only looked up. */
  inputsOf(id: string): Properties;
}

const text = z.string().min(1);

/** The schema of the input that names a resource of a type. */
export const nameInput = ({ singular, name }: TypeDefinition): z.ZodString =>
  z.string().regex(name.pattern, `a ${singular} is named by ${name.rule}`);

/** The place of a type that lives in a resource group, or below a resource of another type. */
export function placeOf(definition: TypeDefinition): Place {
  const { namespace, type, singular } = definition;
  const name = nameInput(definition);
  const segmentOf = (inputs: Properties) => ({ namespace, type, name: String(inputs.name) });
  const split = (id: string) => {
    const parsed = parseResourceId(id);
    const own = parsed.segments.at(-1);
    if (own === undefined) throw new Error(`${id} is not the id of a ${singular}`);
    return { parsed, own };
  };
  if (definition.parent === undefined) {
    return {
      inputs: { resourceGroup: text, name },
      idOf: (inputs, subscriptionId) =>
        formatResourceId({
          subscriptionId,
          resourceGroup: String(inputs.resourceGroup),
          segments: [segmentOf(inputs)],
        }),
      inputsOf(id) {
        const { parsed, own } = split(id);
        return { resourceGroup: parsed.resourceGroup, name: own.name };
      },
    };
  }
  return {
    inputs: { cluster: text, name },
    idOf(inputs) {
      const parent = parseResourceId(String(inputs.cluster));
      return formatResourceId({ ...parent, segments: [...parent.segments, segmentOf(inputs)] });
    },
    inputsOf(id) {
      const { parsed, own } = split(id);
      return { cluster: formatResourceId({ ...parsed, segments: parsed.segments.slice(0, -1) }), name: own.name };
    },
  };
}
