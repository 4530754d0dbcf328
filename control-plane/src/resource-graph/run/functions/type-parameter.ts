import type { Expression, ScalarType } from "../../language/ast.ts";
import { readType } from "../../language/literals.ts";

/** `typeof(long)` as a parameter. */
export function typeParameter(expression: Expression | undefined): ScalarType | undefined {
  if (expression?.kind !== "call" || expression.name.toLowerCase() !== "typeof") return undefined;
  const [type] = expression.parameters;
  return type?.kind === "name" ? readType(type.name, type.at) : undefined;
}
