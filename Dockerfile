# The portal in one image. It runs as an unprivileged user and keeps its data in /data.
#   docker build -t portail . && docker run -p 8080:8080 -v portail-data:/data portail
# The base is pinned by version; production pins it by digest as well (see docs/decisions/0003-one-image.md).
FROM python:3.11.14-slim-bookworm AS packages

WORKDIR /app
COPY requirements.txt ./
RUN python -m venv .venv \
 && .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.txt
COPY pyproject.toml README.md LICENSE NOTICE ./
COPY portal portal
COPY components components
COPY pages pages
COPY locales locales
COPY content content
RUN .venv/bin/python -m pip install --no-cache-dir --disable-pip-version-check --no-build-isolation --no-deps --no-index -e . \
 && .venv/bin/python -m compileall -q portal components pages


FROM python:3.11.14-slim-bookworm AS product

# What WeasyPrint opens to make PDF files. Debian's point releases withdraw former versions, so no version is named here.
# hadolint ignore=DL3008
RUN apt-get update \
 && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-dejavu-core \
 && rm -rf /var/lib/apt/lists/* \
 && useradd --system --uid 10001 --no-create-home --shell /usr/sbin/nologin portal \
 && install -d -o portal -g portal -m 0700 /data \
 && install -d -o portal -g portal -m 0755 /init

COPY --from=packages /app /app
WORKDIR /app
ENV PATH=/app/.venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    HOST=0.0.0.0 \
    PORT=8080 \
    PORTAL_DATA_DIR=/data

USER 10001
VOLUME /data
EXPOSE 8080
HEALTHCHECK --interval=10s --timeout=3s --start-period=60s --retries=3 \
  CMD ["python", "-c", "import os, urllib.request as u; u.urlopen(f'http://127.0.0.1:{os.environ[\"PORT\"]}/healthz', timeout=2)"]

# Demonstration data are asked for by name: docker run … portail serve --demo
ENTRYPOINT ["portal"]
CMD ["serve"]


# The tests of Aidbox's dialect, to be run against a real one: docker build --target contract; never in production.
FROM product AS contract

USER 0
COPY requirements-dev.txt ./
RUN python -m pip install --no-cache-dir --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dev.txt
COPY tests/conftest.py tests/
COPY tests/contract tests/contract
USER 10001
CMD ["check", "--contract"]


# What `docker build` makes when no target is named.
FROM product
