import { describe } from "@jest/globals";
import { spawnControlPlane } from "../support/control-plane.ts";
import { describeDataPlane } from "./data-plane.ts";
import { describeRequests } from "./requests.ts";
import { describeVerbs } from "./verbs.ts";

const start = () => spawnControlPlane();

describe("arcfleet serve", () => {
  describe("verbs", () => describeVerbs(start));
  describe("requests", () => describeRequests(start));
  describe("data plane", () => describeDataPlane(start));
});
