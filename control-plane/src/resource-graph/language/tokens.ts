/** The words of the language. Keywords are recognised in any case, and nearly all of them may name a column too. */
import { createToken, Lexer, type TokenType } from "chevrotain";

export const Name = createToken({ name: "Name", pattern: Lexer.NA });
export const Identifier = createToken({ name: "Identifier", pattern: /[A-Za-z_][A-Za-z0-9_]*/, categories: [Name] });

const keywords = new Map<string, TokenType>();

/** A keyword that may stand for a name as well, where no operator can stand. */
const word = (text: string): TokenType => keyword(text, true);
/** A keyword between two expressions: it would be ambiguous as a name. */
const reserved = (text: string): TokenType => keyword(text, false);

function keyword(text: string, isName: boolean): TokenType {
  const token = createToken({
    name: text,
    pattern: new RegExp(text.replace(/[$!~]/g, "\\$&"), "i"),
    ...(/\w$/.test(text) ? { longer_alt: Identifier } : {}),
    ...(isName ? { categories: [Name] } : {}),
  });
  keywords.set(text, token);
  return token;
}

export const Where = word("where");
export const Filter = word("filter");
export const Project = word("project");
export const ProjectAway = reserved("project-away");
export const ProjectKeep = reserved("project-keep");
export const ProjectRename = reserved("project-rename");
export const Extend = word("extend");
export const Parse = word("parse");
export const ParseWhere = reserved("parse-where");
export const Join = word("join");
export const Union = reserved("union");
export const MvExpand = reserved("mv-expand");
export const MvExpandOld = word("mvexpand");
export const Summarize = word("summarize");
export const Order = word("order");
export const Sort = word("sort");
export const Top = word("top");
export const Take = word("take");
export const Limit = word("limit");
export const Distinct = word("distinct");
export const Count = word("count");
export const Let = word("let");
export const By = reserved("by");
export const On = word("on");
export const With = word("with");
export const To = word("to");
export const Typeof = word("typeof");
export const Kind = word("kind");
export const Asc = word("asc");
export const Desc = word("desc");
export const Nulls = word("nulls");
export const First = word("first");
export const Last = word("last");
export const And = reserved("and");
export const Or = reserved("or");
export const Dynamic = reserved("dynamic");
export const In = reserved("in");
export const Between = reserved("between");
export const HasAny = reserved("has_any");
export const HasAll = reserved("has_all");
export const Matches = reserved("matches");
export const Regex = word("regex");
export const NotIn = reserved("!in");
export const NotBetween = reserved("!between");
export const InIgnoreCase = createToken({ name: "in~", pattern: /in~/i });
export const NotInIgnoreCase = createToken({ name: "!in~", pattern: /!in~/i });
export const True = createToken({ name: "true", pattern: /true/i, longer_alt: Identifier });
export const False = createToken({ name: "false", pattern: /false/i, longer_alt: Identifier });
export const Null = createToken({ name: "null", pattern: /null/i, longer_alt: Identifier, categories: [Name] });

/** `contains`, `!has_cs`, …: one token, whose text says which. */
export const TextTestWord = createToken({
  name: "text operator",
  pattern: /!?(?:contains|hasprefix|hassuffix|has|startswith|endswith)(?:_cs)?(?![A-Za-z0-9_])/i,
});

/** `datetime(…)` and its kin hold what is no expression; their text is taken as it is. */
export const TypedLiteral = createToken({
  name: "typed literal",
  pattern:
    /(?:datetime|date|timespan|time|guid|bool|boolean|int|long|real|double|decimal)[ \t]*\([ \t]*(?:'[^'\r\n]*'|"[^"\r\n]*"|[^()'"\r\n]*)[ \t]*\)/i,
});
export const TimespanLiteral = createToken({
  name: "timespan",
  pattern:
    /\d+(?:\.\d+)?(?:days?|d|hours?|hrs?|hr|h|minutes?|min|m|seconds?|sec|s|milliseconds?|millis?|ms|microseconds?|ticks?)(?![A-Za-z0-9_])/,
});
export const RealLiteral = createToken({ name: "real", pattern: /\d+(?:\.\d+(?:[eE][+-]?\d+)?|[eE][+-]?\d+)/ });
export const LongLiteral = createToken({ name: "long", pattern: /0[xX][0-9a-fA-F]+|\d+/ });
export const StringLiteral = createToken({
  name: "text",
  pattern: /[hH]?(?:@"(?:[^"\r\n]|"")*"|@'(?:[^'\r\n]|'')*'|"(?:[^"\\\r\n]|\\[^\r\n])*"|'(?:[^'\\\r\n]|\\[^\r\n])*')/,
});

const symbol = (text: string): TokenType =>
  createToken({ name: text, pattern: new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")) });
export const Left = createToken({ name: "$left", pattern: /\$left/i });
export const Right = createToken({ name: "$right", pattern: /\$right/i });
export const DotDot = symbol("..");
export const Dot = symbol(".");
export const Comma = symbol(",");
export const Semicolon = symbol(";");
export const Pipe = symbol("|");
export const OpenParen = symbol("(");
export const CloseParen = symbol(")");
export const OpenBracket = symbol("[");
export const CloseBracket = symbol("]");
export const OpenBrace = symbol("{");
export const CloseBrace = symbol("}");
export const Colon = symbol(":");
export const Equality = createToken({ name: "equality", pattern: /==|!=|<>|=~|!~/ });
export const Relation = createToken({ name: "relation", pattern: /<=|>=|<|>/ });
export const Assign = symbol("=");
export const Plus = symbol("+");
export const Minus = symbol("-");
export const Star = symbol("*");
export const Divide = createToken({ name: "division", pattern: /[/%]/ });

const skipped = [
  createToken({ name: "white space", pattern: /[\s\u00a0\ufeff]+/, group: Lexer.SKIPPED }),
  createToken({ name: "comment", pattern: /\/\/[^\r\n]*/, group: Lexer.SKIPPED }),
];

/** The longer word first, so that `mv-expand` is not `mv` minus something and `!in~` not `!in`. */
const words = [...keywords].sort(([one], [other]) => other.length - one.length).map(([, token]) => token);

export const tokens: TokenType[] = [
  ...skipped,
  TypedLiteral,
  StringLiteral,
  TimespanLiteral,
  RealLiteral,
  LongLiteral,
  NotInIgnoreCase,
  InIgnoreCase,
  TextTestWord,
  ...words,
  True,
  False,
  Null,
  Left,
  Right,
  Name,
  Identifier,
  DotDot,
  Dot,
  Comma,
  Semicolon,
  Pipe,
  OpenParen,
  CloseParen,
  OpenBracket,
  CloseBracket,
  OpenBrace,
  CloseBrace,
  Colon,
  Equality,
  Relation,
  Assign,
  Plus,
  Minus,
  Star,
  Divide,
];
