import type { handleUnaryCall } from "@grpc/grpc-js";
import plugin from "@pulumi/pulumi/proto/plugin_pb.js";
import type { IResourceProviderServer } from "@pulumi/pulumi/proto/provider_grpc_pb.js";
import messages from "@pulumi/pulumi/proto/provider_pb.js";
import empty from "google-protobuf/google/protobuf/empty_pb.js";
import type { CheckResult } from "../../lifecycle/lifecycle.ts";
import { readSettings, type StackConfig } from "../../settings/index.ts";
import { interruptVerbs, openSession } from "../session.ts";
import { checkConfiguration, replacingSettings, secretSettings, stackConfigOf } from "./configuration.ts";
import { type Packaged, packaged } from "./packaged.ts";
import { propertiesOf, structOf } from "./properties.ts";
import { statusOf } from "./status.ts";

export interface PluginFacts {
  readonly version: string;
  readonly env: NodeJS.ProcessEnv;
  /** The schema as JSON text. */
  readonly schema: () => Promise<string>;
}

const { ADD, ADD_REPLACE, DELETE, UPDATE } = messages.PropertyDiff.Kind;
const changeKinds = { ADD, DELETE, UPDATE } as const;
/** Each kind of change is followed by the same one that replaces. */
const replacing = ADD_REPLACE - ADD;

/**
 * The service that the engine calls in a provider plugin: from gRPC messages to the resource's life and back, and nothing more.
 * Pulumi's own class for this (`@pulumi/pulumi/provider`) hides the configuration and cannot say in detail what changed:
 * docs/decisions/0092. What is not here (components, functions) gRPC answers as not implemented, which the engine understands.
 */
export function resourceProvider({ version, env, schema }: PluginFacts): Partial<IResourceProviderServer> {
  let config: StackConfig = {};
  const state = () => ({ config, session: () => openSession(() => readSettings(env, config)) });

  /** Answers a request about one resource. */
  const verb =
    <Request extends { getUrn(): string }, Answer>(
      answer: (request: Request, resource: Packaged) => Promise<Answer>,
    ): handleUnaryCall<Request, Answer> =>
    async ({ request }, callback) => {
      let secrets: readonly string[] = [];
      try {
        const resource = packaged(request.getUrn(), state());
        secrets = resource.secrets;
        callback(null, await answer(request, resource));
      } catch (error) {
        callback(statusOf(error, secrets));
      }
    };

  return {
    getPluginInfo: (_call, callback) => callback(null, new plugin.PluginInfo().setVersion(version)),

    getSchema: (_call, callback) =>
      schema().then(
        (text) => callback(null, new messages.GetSchemaResponse().setSchema(text)),
        (error) => callback(statusOf(error, [])),
      ),

    checkConfig({ request }, callback) {
      callback(
        null,
        checkAnswer(checkConfiguration(request.getUrn(), propertiesOf(request.getNews())), secretSettings),
      );
    },

    diffConfig({ request }, callback) {
      const replaces = replacingSettings(propertiesOf(request.getOldInputs()), propertiesOf(request.getNews()));
      // What changed otherwise is for the engine to see: it updates the provider and touches no resource.
      callback(null, new messages.DiffResponse().setReplacesList(replaces).setDeletebeforereplace(replaces.length > 0));
    },

    configure({ request }, callback) {
      config = stackConfigOf(request.getUrn() ?? "", propertiesOf(request.getArgs()));
      // Not asking for secrets, resources and outputs has the engine pass plain values, and remember itself which were secret.
      callback(null, new messages.ConfigureResponse());
    },

    check: verb<messages.CheckRequest, messages.CheckResponse>(async (request, resource) => {
      const found = await resource.check(propertiesOf(request.getOlds()), propertiesOf(request.getNews()));
      return checkAnswer(found, resource.secrets);
    }),

    diff: verb<messages.DiffRequest, messages.DiffResponse>(async (request, resource) => {
      const found = resource.diff({
        id: request.getId(),
        state: propertiesOf(request.getOlds()),
        before: propertiesOf(request.getOldInputs()),
        inputs: propertiesOf(request.getNews()),
      });
      const answer = new messages.DiffResponse()
        .setChanges(messages.DiffResponse.DiffChanges[found.hasWork ? "DIFF_SOME" : "DIFF_NONE"])
        .setDiffsList([...found.changed])
        .setReplacesList([...found.replaces])
        .setDeletebeforereplace(found.deleteBeforeReplace)
        .setHasdetaileddiff(true);
      for (const [path, { kind, replaces }] of found.detail) {
        const change = new messages.PropertyDiff().setKind(changeKinds[kind] + (replaces ? replacing : 0));
        answer.getDetaileddiffMap().set(path, change.setInputdiff(true));
      }
      return answer;
    }),

    create: verb<messages.CreateRequest, messages.CreateResponse>(async (request, resource) => {
      const { id, state } = await resource.create(propertiesOf(request.getProperties()));
      return new messages.CreateResponse().setId(id).setProperties(structOf(state, resource.secrets));
    }),

    read: verb<messages.ReadRequest, messages.ReadResponse>(async (request, resource) => {
      const found = await resource.read(request.getId(), propertiesOf(request.getProperties()));
      if (found === undefined) return new messages.ReadResponse();
      return new messages.ReadResponse()
        .setId(request.getId())
        .setProperties(structOf(found.state, resource.secrets))
        .setInputs(structOf(found.inputs, resource.secrets));
    }),

    update: verb<messages.UpdateRequest, messages.UpdateResponse>(async (request, resource) => {
      const news = propertiesOf(request.getNews());
      const state = await resource.update(request.getId(), propertiesOf(request.getOlds()), news);
      return new messages.UpdateResponse().setProperties(structOf(state, resource.secrets));
    }),

    delete: verb<messages.DeleteRequest, empty.Empty>(async (request, resource) => {
      await resource.remove(request.getId(), propertiesOf(request.getProperties()));
      return new empty.Empty();
    }),

    cancel(_call, callback) {
      interruptVerbs();
      callback(null, new empty.Empty());
    },
  };
}

const checkAnswer = ({ inputs, failures }: CheckResult, secrets: readonly string[]): messages.CheckResponse =>
  new messages.CheckResponse()
    .setInputs(structOf(inputs, secrets))
    .setFailuresList(
      failures.map(({ property, reason }) => new messages.CheckFailure().setProperty(property).setReason(reason)),
    );
