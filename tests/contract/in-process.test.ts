import { describe } from "@jest/globals";
import { startControlPlane } from "../support/control-plane.ts";
import { describeDataPlane } from "./data-plane.ts";
import { describeRequests } from "./requests.ts";
import { describeVerbs } from "./verbs.ts";

const start = () => startControlPlane();

describe("the service in this process", () => {
  describe("verbs", () => describeVerbs(start));
  describe("requests", () => describeRequests(start));
  describe("data plane", () => describeDataPlane(start));
});
