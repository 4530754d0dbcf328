import type { FastifyInstance } from "fastify";

/** The HTTP server of the control plane, as far as those who register routes see it. */
export type App = FastifyInstance;
