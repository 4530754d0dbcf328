import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ArmRequestError } from "@arcfleet/provider";
import { afterEach, beforeEach, describe, expect, test } from "@jest/globals";
import axios from "axios";
import { createPace, type Pace } from "../../src/arm-client/pace.ts";
import { pollOperation } from "../../src/arm-client/poll-operation.ts";
import { send } from "../../src/arm-client/send.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;

let server: Server;
let endpoint: string;
let answers: Answer[];
let asked: number;

beforeEach(async () => {
  answers = [];
  asked = 0;
  server = createServer((request, response) => {
    asked++;
    const answer = answers.length > 1 ? answers.shift() : answers[0];
    answer?.(request, response);
  });
  await new Promise<void>((ready) => server.listen(0, "127.0.0.1", ready));
  const address = server.address();
  endpoint = `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
});

afterEach(() => new Promise<unknown>((closed) => server.close(closed)));

async function waitFor(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}

const json =
  (status: number, body: unknown, headers: Record<string, string> = {}): Answer =>
  (_request, response) =>
    response
      .writeHead(status, { "content-type": "application/json", connection: "close", ...headers })
      .end(JSON.stringify(body));

const get = (signal?: AbortSignal, pace: Pace = createPace()) =>
  send(
    {
      http: axios.create({ baseURL: endpoint, validateStatus: () => true, proxy: false }),
      getToken: async () => "token",
      endpoint,
      pace,
    },
    { method: "GET", url: "/thing?api-version=1", ...(signal === undefined ? {} : { signal }) },
  );

describe("a request", () => {
  test("is tried again when the service says: not now", async () => {
    answers = [json(429, {}, { "retry-after": "0" }), json(503, {}), json(200, { fine: true })];
    expect(await get()).toMatchObject({ status: 200, body: { fine: true } });
    expect(asked).toBe(3);
  });

  test("is tried again when the connection is lost: a control plane that is restarted costs seconds, not the run", async () => {
    answers = [(request) => request.socket.destroy(), json(200, {})];
    expect(await get()).toMatchObject({ status: 200 });
  });

  test("that is told to slow down makes those after it wait as well", async () => {
    const slowdown = Promise.withResolvers<void>();
    const pauses: number[] = [];
    const pace: Pace = {
      ready: () => (pauses.length === 0 ? Promise.resolve() : slowdown.promise),
      pause: (durationMs) => void pauses.push(durationMs),
    };
    answers = [json(429, {}, { "retry-after": "7" }), json(200, {})];
    const first = get(undefined, pace);
    await waitFor(() => pauses.length === 1);
    const others = Array.from({ length: 20 }, () => get(undefined, pace));
    expect(asked).toBe(1);
    slowdown.resolve();
    expect((await Promise.all([first, ...others])).map(({ status }) => status)).toEqual(Array(21).fill(200));
    expect(pauses).toEqual([7000]);
  });

  test("may be told to slow down more often than a failure is tried again", async () => {
    answers = [...Array.from({ length: 12 }, () => json(429, {}, { "retry-after": "0" })), json(200, {})];
    expect(await get()).toMatchObject({ status: 200 });
    expect(asked).toBe(13);
  });

  test("that is refused is not tried again, and says code, message, causes and correlation id", async () => {
    const error = {
      code: "ValidationFailed",
      message: "Two things disagree.",
      details: [{ code: "Cause", message: "The first is odd." }],
    };
    answers = [json(400, { error }, { "x-ms-correlation-request-id": "abc" })];
    const refused = await get().catch((thrown: unknown) => thrown);
    expect(refused).toBeInstanceOf(ArmRequestError);
    expect(refused).toMatchObject({
      status: 400,
      code: "ValidationFailed",
      message: expect.stringMatching(
        /GET \/thing was refused.*Two things disagree\.\s+Cause: The first is odd\..*abc/s,
      ),
    });
    expect(asked).toBe(1);
  });

  test("does not repeat a cause that the message holds already", async () => {
    const error = { code: "A", message: "It failed: the reason", details: [{ code: "B", message: "the reason" }] };
    answers = [json(400, { error })];
    const refused = await get().catch((thrown: unknown) => String(thrown));
    expect(refused).toContain("A: It failed: the reason");
    expect(refused).not.toContain("B:");
  });

  test("ends at once when the run is stopped", async () => {
    const stop = new AbortController();
    answers = [() => stop.abort(new Error("the run was interrupted"))];
    await expect(get(stop.signal)).rejects.toThrow("the run was interrupted");
  });
});

describe("an operation", () => {
  const status = (state: string, error?: object) => ({
    status: 200,
    headers: { "retry-after": "0" },
    body: { id: "i", name: "n", status: state, startTime: "2026-01-01T00:00:00Z", ...(error ? { error } : {}) },
  });
  const sequence = (states: ReturnType<typeof status>[]) => async () => states.shift() ?? status("Running");

  test("is followed until it succeeded, in whatever case that is written", async () => {
    const seen: string[] = [];
    await pollOperation(sequence([status("Accepted"), status("Creating"), status("succeeded")]), "/op", {
      timeoutMs: 5000,
      onProgress: (state) => void seen.push(state),
    });
    expect(seen).toEqual(["Accepted", "Creating"]);
  });

  test("that failed throws with the reason", async () => {
    const failed = status("Failed", { code: "HelmFailed", message: "the pod never got ready" });
    await expect(pollOperation(sequence([failed]), "/op", { timeoutMs: 5000 })).rejects.toThrow(
      /HelmFailed: the pod never got ready/,
    );
  });

  test("that does not end throws with its last state, and says that it goes on", async () => {
    await expect(pollOperation(sequence([]), "/op", { timeoutMs: 1 })).rejects.toThrow(
      /its last state was Running.*goes on/s,
    );
  });
});
