import { z } from "zod";
import { optional } from "../schema/nullish.ts";

const word = z.string().min(1).max(260);

/** Under which offer of a marketplace something was bought. Kept and shown; there is no marketplace here to ask. */
export const Plan = z.object({
  name: word,
  publisher: word,
  product: word,
  promotionCode: optional(word),
  version: optional(word),
});
export type Plan = z.output<typeof Plan>;

/** What some types have beside `properties`. All of it is fixed at creation. */
export const envelopeFields = {
  /** What kind of thing it is; the definition of the type lists the words. */
  kind: z.string().min(1).max(64),
  plan: Plan,
  /** The ARM id of what manages the resource. */
  managedBy: z.string().min(1).max(2048).startsWith("/subscriptions/"),
} as const;
export type EnvelopeField = keyof typeof envelopeFields;
