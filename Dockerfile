# syntax=docker/dockerfile:1

# One exact version for all stages. It brings Node.js, so the platform packages of npm (Node.js, embedded PostgreSQL)
# stay out. A tag can be moved by its owner; to pin the very bytes, build with the digest of the image you have
# examined:  --build-arg NODE_IMAGE=node:24.21.0-trixie-slim@sha256:…
ARG NODE_IMAGE=node:24.21.0-trixie-slim

FROM ${NODE_IMAGE} AS base
WORKDIR /app
COPY package.json package-lock.json .npmrc ./

FROM base AS build
RUN --mount=type=cache,target=/root/.npm ["npm", "ci", "--omit=optional", "--ignore-scripts"]
COPY tsconfig.json tsconfig.build.json nest-cli.json ./
COPY src src
COPY migrations migrations
RUN ["node", "node_modules/@nestjs/cli/bin/nest.js", "build"]

FROM base AS dependencies
RUN --mount=type=cache,target=/root/.npm ["npm", "ci", "--omit=dev", "--omit=optional", "--ignore-scripts"]

FROM ${NODE_IMAGE}
LABEL org.opencontainers.image.title="Parley" \
      org.opencontainers.image.description="A secure, production-ready AI chat API" \
      org.opencontainers.image.licenses="MIT"
ENV NODE_ENV=production HOST=0.0.0.0 PORT=3000 METRICS_PORT=9464
WORKDIR /app
# Owned by root and only read: the service writes no file, so the root file system may be read-only without a tmpfs.
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
# A number, because Kubernetes cannot tell from a name that it is not root.
USER 1000:1000
EXPOSE 3000 9464
STOPSIGNAL SIGTERM
# The process alone, like Kubernetes' liveness: an outage of the database is no reason to replace the container.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 \
  CMD ["node", "-e", "fetch('http://127.0.0.1:' + process.env.PORT + '/livez').then((r) => process.exit(r.ok ? 0 : 1), () => process.exit(1))"]
# Node.js is process 1 and gets the signal itself. It starts no other process, so nothing is left for an init to reap.
ENTRYPOINT ["node", "--max-semi-space-size=1"]
CMD ["dist/src/main.js"]
