# The `heterodyne` command: a coordinator, a node with the devices that any machine has, or a client.
#
#   docker build --tag heterodyne .
#   docker run --rm heterodyne node --servers nats://HOST:4222 --name edge --devices CPU

FROM node:20-bookworm-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=dev

FROM node:20-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && chmod +x dist/src/cli/main.js

FROM node:20-bookworm-slim
LABEL org.opencontainers.image.title="Heterodyne" \
      org.opencontainers.image.description="One neural network over many devices on many hosts" \
      org.opencontainers.image.licenses="Apache-2.0"
ENV NODE_ENV=production
WORKDIR /app
COPY --from=dependencies /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY package.json LICENSE ./
COPY examples/digits examples/digits
RUN ln -s /app/dist/src/cli/main.js /usr/local/bin/heterodyne
USER node
ENTRYPOINT ["heterodyne"]
CMD ["--help"]
