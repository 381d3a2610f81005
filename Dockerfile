# Contains only the run, as compiled JavaScript, and no Java: the command report renders Allure's results without it.
#   docker build --build-arg COMMIT=$(git rev-parse HEAD) -t dora-acceptance .
FROM node:24-bookworm-slim AS build

WORKDIR /source
COPY package.json package-lock.json ./
RUN npm ci --no-audit --no-fund
COPY . ./
# The commit of the suite, recorded in the verdict. The build has no checkout from which to read it.
ARG COMMIT
ENV ACCEPTANCE_COMMIT=$COMMIT
RUN npm pack \
  && tar -xzf dora-acceptance-*.tgz -C /

FROM node:24-bookworm-slim

RUN apt-get update \
  && apt-get install --yes --no-install-recommends ca-certificates chromium-headless-shell \
  && rm -rf /var/lib/apt/lists/*

WORKDIR /suite
# The lock file fixes every dependency; the package alone fixes only its own.
COPY package.json package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund \
  && npm cache clean --force
COPY --from=build /package ./

# Everything that the run writes apart from its reports goes to /tmp, because the root file system may be read-only.
ENV HOME=/tmp NODE_COMPILE_CACHE=/tmp/compiled
ENV ACCEPTANCE_REPORTS=/reports

USER 1000:1000
ENTRYPOINT ["node", "bootstrap.mjs"]
CMD ["run"]
