// `count` dynamic resources that do nothing, each with a provider object of its own and the defaults of the SDK: what a
// dynamic provider costs as people write one.
import * as pulumi from "@pulumi/pulumi";

class Nothing {
  async create(inputs) {
    return { id: inputs.name, outs: inputs };
  }

  async diff(_id, olds, news) {
    return { changes: olds.tags.number !== news.tags.number };
  }

  async read(id, props) {
    return { id, props };
  }

  async update(_id, _olds, news) {
    return { outs: news };
  }

  async delete() {}
}

class Cluster extends pulumi.dynamic.Resource {
  constructor(name, args) {
    super(new Nothing(), name, args);
  }
}

const config = new pulumi.Config();
const count = config.requireNumber("count");
const changed = config.getNumber("changed");
for (let at = 0; at < count; at++) {
  new Cluster(`c${at}`, {
    name: `c${at}`,
    resourceGroup: "bench",
    location: "westeurope",
    tags: { number: at === changed ? "changed" : String(at) },
  });
}
