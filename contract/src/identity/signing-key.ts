import { z } from "zod";

/**
 * How a new key takes over. `scheduled`: published now, signs in a day, as by itself every month. `soon`: signs as soon as every process
 * has read it. `revoke`: signs at once and all others are removed, for when a key may have been stolen: every token ends with it.
 */
export const RotationMode = z.enum(["scheduled", "soon", "revoke"]);
export type RotationMode = z.infer<typeof RotationMode>;

export const KeyRotation = z.object({ mode: RotationMode.default("scheduled") });

/** A key that signs, signed or will sign access tokens. */
export const SigningKey = z.object({ kid: z.string(), activeFrom: z.string(), isCurrent: z.boolean() });
export type SigningKey = z.infer<typeof SigningKey>;
