# The run alone. There is no Java in it: Allure's results are rendered outside, by "npm run report" on the reports' volume.
#   docker build --build-arg COMMIT=$(git rev-parse HEAD) -t dora-acceptance .
FROM node:24-bookworm-slim

RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates chromium \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /suite
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund \
  && npm cache clean --force

COPY bootstrap.mjs cached-swc.cjs cucumber.js tsconfig.json ./
COPY features features
COPY step-definitions step-definitions
COPY support support

# Which commit is judged by; there is no checkout here that could say it.
ARG COMMIT
ENV ACCEPTANCE_COMMIT=$COMMIT
# All that the run writes besides its reports; the root file system may be read-only.
ENV HOME=/tmp NODE_COMPILE_CACHE=/tmp/compiled
ENV ACCEPTANCE_REPORTS=/reports

USER 1000:1000
ENTRYPOINT ["node", "bootstrap.mjs", "support/cli/acceptance.ts"]
