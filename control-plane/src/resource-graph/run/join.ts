/** Two streams made one: the right side is held in memory, the left one passes by. */
import type { OperatorOf } from "../language/ast.ts";
import { queryError } from "../query-error.ts";
import { commonType } from "./bound.ts";
import { type Plan, sizeOfRow } from "./plan.ts";
import { columnAt } from "./row-operators.ts";
import { type Column, freeName } from "./scope.ts";
import { eachRow, forEachRow, inBatches, type Row, type Stream } from "./stream.ts";
import { convert, identityOf, nothingOf } from "./values.ts";

type Join = OperatorOf<"join">;

/** What makes rows of both sides belong together; undefined where something is null, which equals nothing. */
type KeyOf = (row: Row) => string | undefined;

export function join(left: Stream, right: Stream, operator: Join, plan: Plan): Stream {
  const [leftKey, rightKey] = keysOf(left, right, operator);
  const kind = operator.join;
  const isOneSided = kind.endsWith("anti") || kind.endsWith("semi");
  const renamed: Column[] = [];
  for (const column of right.columns) {
    renamed.push({ ...column, name: freeName(column.name, [...left.columns, ...renamed]) });
  }
  const columns = isOneSided ? (kind.startsWith("left") ? left.columns : right.columns) : [...left.columns, ...renamed];
  const nothing = (side: Stream): Row["cells"] => side.columns.map(({ type }) => nothingOf(type));

  async function* rows(): AsyncGenerator<readonly Row[]> {
    const held = await hold(right, rightKey, plan);
    const matched = new Set<string>();
    const taken = new Set<string>();
    const made = eachRow(left.rows(), plan.budget, (row) => {
      const key = leftKey(row);
      const partners = key === undefined ? undefined : held.byKey.get(key);
      if (key !== undefined && partners !== undefined) matched.add(key);
      switch (kind) {
        case "leftsemi":
          return partners && row;
        case "leftanti":
          return partners ? undefined : row;
        case "rightsemi":
        case "rightanti":
          return undefined;
        case "innerunique":
          if (key === undefined || partners === undefined || taken.has(key)) return undefined;
          taken.add(key);
          return pairs(row, partners, plan);
        case "inner":
        case "rightouter":
          return partners && pairs(row, partners, plan);
        case "leftouter":
        case "fullouter":
          return partners ? pairs(row, partners, plan) : { key: row.key, cells: [...row.cells, ...nothing(right)] };
      }
    });
    yield* made;
    const isWanted = rightRowsAfterwards(kind);
    if (isWanted === undefined) return;
    const rest = held.all.filter((row) => matched.has(rightKey(row) ?? "") === isWanted);
    yield* inBatches(
      isOneSided ? rest : rest.map((row) => ({ key: `\u0000${row.key}`, cells: [...nothing(left), ...row.cells] })),
      plan.budget,
    );
  }
  return { columns, rows };
}

/** Which rows of the right side follow in the end: those that were matched, those that were not, or none. */
function rightRowsAfterwards(kind: Join["join"]): boolean | undefined {
  if (kind === "rightsemi") return true;
  return kind === "rightanti" || kind === "rightouter" || kind === "fullouter" ? false : undefined;
}

function keysOf(left: Stream, right: Stream, { on }: Join): [KeyOf, KeyOf] {
  const pairsOfColumns = on.map((key) => {
    const [one, other] = [columnAt(left.columns, key.left), columnAt(right.columns, key.right)];
    const [first, second] = [left.columns[one], right.columns[other]];
    const type = first && second && commonType([first.type, second.type]);
    if (first === undefined || second === undefined || type === undefined) {
      throw queryError(
        "SemanticError",
        `The keys of a join must have one type; here they are ${first?.type} and ${second?.type}. Convert one with 'extend' before the join.`,
        key.left.at,
      );
    }
    first.use?.();
    second.use?.();
    return { one, other, from: first.type, to: second.type, type };
  });
  const keyOf =
    (side: "left" | "right"): KeyOf =>
    (row) => {
      const parts: string[] = [];
      for (const { one, other, from, to, type } of pairsOfColumns) {
        const value = convert(row.cells[side === "left" ? one : other] ?? null, side === "left" ? from : to, type);
        if (value === null) return undefined;
        parts.push(identityOf(value));
      }
      return parts.join("\u0000");
    };
  return [keyOf("left"), keyOf("right")];
}

async function hold(right: Stream, keyOf: KeyOf, plan: Plan): Promise<{ all: Row[]; byKey: Map<string, Row[]> }> {
  const all: Row[] = [];
  const byKey = new Map<string, Row[]>();
  await forEachRow(right.rows(), plan.budget, (row) => {
    plan.budget.hold(sizeOfRow(row));
    all.push(row);
    const key = keyOf(row);
    if (key === undefined) return;
    const others = byKey.get(key);
    if (others) others.push(row);
    else byKey.set(key, [row]);
  });
  return { all, byKey };
}

function pairs(row: Row, partners: readonly Row[], plan: Plan): Row[] {
  return partners.map((partner) => {
    plan.budget.row();
    return { key: `${row.key}\u0000${partner.key}`, cells: [...row.cells, ...partner.cells] };
  });
}
