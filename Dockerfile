# syntax=docker/dockerfile:1
# One image for every process: `docker run cordon web`, `… consume`, `… desk`, `… deadline`, `… migrate`.

FROM node:24-bookworm-slim AS assets
WORKDIR /assets
COPY service/web/package.json service/web/package-lock.json ./
RUN npm ci --omit=dev --no-audit --no-fund

FROM python:3.13-slim-bookworm AS build
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/cordon
COPY requirements.lock /src/
RUN /opt/cordon/bin/pip install --require-hashes -r /src/requirements.lock
COPY pyproject.toml README.md LICENSE /src/
COPY geofence /src/geofence
COPY ingest /src/ingest
COPY alerts /src/alerts
COPY service /src/service
RUN /opt/cordon/bin/pip install --no-deps --no-build-isolation /src
COPY --from=assets /assets/node_modules /tmp/node_modules
RUN mv /tmp/node_modules "$(/opt/cordon/bin/python -c 'import service, pathlib; print(pathlib.Path(service.__file__).parent / "web")')/node_modules"

FROM python:3.13-slim-bookworm
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/cordon --create-home cordon \
    && install -d -o cordon -g cordon /var/lib/cordon/archive
COPY --from=build /opt/cordon /opt/cordon
ENV PATH=/opt/cordon/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    CORDON_HOST=0.0.0.0 \
    CORDON_PORT=8000 \
    CORDON_ARCHIVE_DIR=/var/lib/cordon/archive
USER cordon
WORKDIR /var/lib/cordon
VOLUME /var/lib/cordon/archive
EXPOSE 8000
STOPSIGNAL SIGTERM
ENTRYPOINT ["cordon"]
CMD ["web"]
