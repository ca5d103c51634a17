FROM node:24.21.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# On Node 24 every package brings its binary along: none needs its script, a compiler or a download.
RUN npm ci --ignore-scripts
COPY tsconfig.json ormconfig.ts ./
COPY scripts/build.mjs scripts/
COPY src src
RUN npm run build && npm prune --omit=dev

FROM node:24.21.0-bookworm-slim
# Production refuses to start with an insecure setting, and 127.0.0.1 would not be reachable from outside.
ENV NODE_ENV=production HOST=0.0.0.0
WORKDIR /app
# For the SQLite file of a trial without MySQL; everything else belongs to root and is read-only to the server.
RUN install -d -o node -g node -m 700 data
COPY package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY bin bin
USER node
EXPOSE 4000
# Alive is enough here: restarting the server does not mend a database that is down.
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.PORT || 4000}/livez`).then((answer) => process.exit(answer.ok ? 0 : 1), () => process.exit(1))"]
CMD ["node", "bin/portcullis.js", "serve"]
