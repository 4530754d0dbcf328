# The control plane: `docker build -t arcfleet/control-plane:0.1.0 .`
# Nothing of the base gets into the image but Node, its libraries and the list of certificate authorities: no shell, no package manager.
# Pin the base by its digest where builds must be repeatable: --build-arg NODE_IMAGE=node@sha256:...
ARG NODE_IMAGE=node:24-bookworm-slim

FROM ${NODE_IMAGE} AS build
RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN npm ci --no-audit --no-fund --ignore-scripts \
  && node node_modules/esbuild/install.js \
  && node tools/src/image/write-control-plane-root.ts /root-of-image

FROM scratch
ARG VERSION=0.1.0
LABEL org.opencontainers.image.title="arcfleet control plane" \
  org.opencontainers.image.licenses="Apache-2.0" \
  org.opencontainers.image.version="${VERSION}"
COPY --from=build /root-of-image/ /
COPY --from=build --chown=65532:65532 /root-of-image/data /data
COPY --from=build --chown=65532:65532 /root-of-image/home/nonroot /home/nonroot
ENV NODE_ENV=production
USER 65532:65532
VOLUME ["/data", "/tmp"]
EXPOSE 8443
# On the port for metrics, which is the loopback's: the certificate of the other one is for names that clients use.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
  CMD ["/usr/local/bin/node", "-e", "fetch('http://127.0.0.1:9090/healthz').then(({ok})=>process.exit(ok?0:1),()=>process.exit(1))"]
ENTRYPOINT ["/usr/local/bin/node", "/app/lib/bin/arcfleet.mjs"]
CMD ["serve", "--data=/data", "--host=0.0.0.0", "--port=8443", "--metrics-port=9090"]
