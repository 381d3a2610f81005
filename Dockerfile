# Contains only the run, and no Java. "npm run report" renders Allure's results outside, from the volume of the reports.
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

# The commit of the suite, recorded in the verdict. The image contains no checkout from which to read it.
ARG COMMIT
ENV ACCEPTANCE_COMMIT=$COMMIT
# Everything that the run writes apart from its reports goes to /tmp, because the root file system may be read-only.
ENV HOME=/tmp NODE_COMPILE_CACHE=/tmp/compiled
ENV ACCEPTANCE_REPORTS=/reports

USER 1000:1000
ENTRYPOINT ["node", "bootstrap.mjs", "support/cli/main.ts", "run"]
