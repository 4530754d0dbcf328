import { z } from "zod";

const count = (value: number) => z.int().min(0).default(value);
const atLeast = (least: number, value: number) => z.int().min(least).default(value);

/**
 * What a request, a connection and this process as a whole may be. Everything is far beyond what the known clients do; docs/limits.md is
 * the table for people.
 */
export const Limits = z.object({
  /** The longest URL, in bytes. */
  maxUrlBytes: atLeast(512, 8192),
  /** All headers of a request together with its first line, in bytes. */
  maxHeaderBytes: atLeast(1024, 32 * 1024),
  /** Headers of one request. */
  maxHeaders: atLeast(20, 100),
  /** How deep JSON bodies nest. */
  maxJsonDepth: atLeast(16, 64),
  /** Values in a JSON body, members of objects and items of lists counted alike. */
  maxJsonValues: atLeast(1000, 200_000),
  /** The longest string of a JSON body, in characters. */
  maxJsonString: atLeast(1024, 512 * 1024),
  /** How long a connection may take for its TLS handshake. */
  tlsHandshakeMs: atLeast(100, 10_000),
  /** How long a connection may be idle between requests. Longer than load balancers and agents keep theirs, so that it is them who close. */
  idleConnectionMs: atLeast(100, 75_000),
  /** How long a client may leave an answer lying before its connection is ended. */
  stalledAnswerMs: atLeast(100, 60_000),
  /** How often streams of agents are looked at: a sign of life is asked for, and whether their caller may still call. */
  streamProbeMs: atLeast(100, 20_000),
  /** Connections in all; 0 is no limit. More are not accepted. */
  maxConnections: count(40_000),
  /** Connections from one address; 0 is no limit. A proxy in front is one address. */
  maxConnectionsPerAddress: count(20_000),
  /** Requests that are being worked on at once; 0 is no limit. More are told to come back. Streams do not count. */
  maxConcurrentRequests: count(2000),
});
export type Limits = Readonly<z.output<typeof Limits>>;

/** A bucket of tokens: a request takes one, `perSecond` are put back until `burst` are in it. A burst of 0 is no limit. */
const Rate = z.object({ burst: z.int().min(0), perSecond: z.number().positive() });
export type Rate = Readonly<z.output<typeof Rate>>;

const Rates = z.object({
  /** For each principal, in the subscription and outside of it. */
  reads: Rate,
  writes: Rate,
  deletes: Rate,
  /** The same for all principals of the subscription together: so many times as much. */
  globalFactor: z.int().min(1),
  /** For the agents of each cluster, all of their calls. */
  agents: Rate,
  /** Requests for tokens, of each client from each address. */
  tokens: Rate,
  /** Requests without a token, of each address. */
  anonymous: Rate,
  /** Tokens that were not good, of each address. */
  badTokens: Rate,
});
export type Rates = Readonly<z.output<typeof Rates>>;

const around = {
  globalFactor: 15,
  agents: { burst: 1000, perSecond: 100 },
  tokens: { burst: 600, perSecond: 20 },
  anonymous: { burst: 10_000, perSecond: 1000 },
  badTokens: { burst: 500, perSecond: 20 },
} as const;
const none: Rate = { burst: 0, perSecond: 1 };

/**
 * `standard` is meant to stop what runs wild, not to share a service among strangers: a program that makes a thousand clusters is not held
 * up. `azure` has the numbers that Azure documents, to try how a program takes them.
 */
export const ratePresets = {
  standard: {
    ...around,
    reads: { burst: 10_000, perSecond: 1000 },
    writes: { burst: 5000, perSecond: 500 },
    deletes: { burst: 5000, perSecond: 500 },
  },
  azure: {
    ...around,
    reads: { burst: 250, perSecond: 25 },
    writes: { burst: 200, perSecond: 10 },
    deletes: { burst: 200, perSecond: 10 },
  },
  off: {
    globalFactor: 1,
    reads: none,
    writes: none,
    deletes: none,
    agents: none,
    tokens: none,
    anonymous: none,
    badTokens: none,
  },
} as const satisfies Record<string, Rates>;

const presetNames = ["standard", "azure", "off"] as const satisfies readonly (keyof typeof ratePresets)[];

/** A preset by name, or the numbers themselves; those that are left out are the standard ones. */
export const Throttling = z.union([
  z.enum(presetNames).transform((name): Rates => ratePresets[name]),
  Rates.partial().transform((some): Rates => ({ ...ratePresets.standard, ...defined(some) })),
]);

/** Without members that are there but undefined. */
const defined = (some: Partial<Record<keyof Rates, unknown>>): Partial<Rates> =>
  Rates.partial().parse(Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)));
