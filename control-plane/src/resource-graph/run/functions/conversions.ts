/** Functions that make one type out of another. */
import type { Json, ScalarType } from "../../language/ast.ts";
import { as } from "../bound.ts";
import { isList, isMembers, type Value } from "../values.ts";
import { type FunctionOf, parameter } from "./function-of.ts";

/** A conversion: its column is called like what is converted. */
const conversion = (type: ScalarType): FunctionOf => ({
  count: [1, 1],
  bind: ({ parameters: [value] }) => {
    const converted = as(parameter(value), type);
    return { type, name: converted.name, evaluate: converted.evaluate };
  },
});

/** The deepest JSON that is read: deeper than any resource. */
const maxJsonDepth = 64;

function parseJson(value: Value): Json {
  if (typeof value !== "string") return value;
  try {
    const parsed: Json = JSON.parse(value);
    return depthOf(parsed) > maxJsonDepth ? value : parsed;
  } catch {
    return value;
  }
}

/** Walks with a list of its own, because the depth is what is in question. */
function depthOf(value: Json): number {
  let level: Json[] = [value];
  for (let depth = 0; ; depth++) {
    if (level.length === 0 || depth > maxJsonDepth) return depth;
    level = level.flatMap((each) => (isList(each) ? each : isMembers(each) ? Object.values(each) : []));
  }
}

export const conversions: Readonly<Record<string, FunctionOf>> = {
  tostring: conversion("string"),
  toint: conversion("long"),
  tolong: conversion("long"),
  todouble: conversion("real"),
  toreal: conversion("real"),
  tobool: conversion("bool"),
  toboolean: conversion("bool"),
  todatetime: conversion("datetime"),
  totimespan: conversion("timespan"),
  parse_json: {
    count: [1, 1],
    bind: ({ parameters: [value] }) => {
      const { evaluate, name } = as(parameter(value), "dynamic");
      return { type: "dynamic", name, evaluate: (cells) => parseJson(evaluate(cells)) };
    },
  },
};
