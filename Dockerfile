# One image for all functions. Each Cloud Run service chooses its own by two variables:
#   FUNCTION_TARGET=retrieve FUNCTION_SOURCE=/functions/retrieve/main.py
#
# BASE is a tag here so that the file builds anywhere. cloudbuild.yaml resolves it to a digest before it builds, and both
# stages then come from that digest; `_BASE=docker.io/library/python@sha256:...` pins it for good.
ARG BASE=docker.io/library/python:3.11-slim-bookworm

FROM ${BASE} AS build
WORKDIR /build
COPY infra/build-requirements.lock infra/
RUN python -m pip install --no-cache-dir --only-binary=:all: --no-deps --require-hashes -r infra/build-requirements.lock
COPY pyproject.toml README.md LICENSE ./
COPY infra/install.py infra/package.py infra/requirements.lock infra/
COPY shared shared/
COPY functions functions/
# What is installed is what a deployment from source installs: the same wheel by the same requirements.
RUN python infra/package.py --output /functions
WORKDIR /functions/retrieve
RUN python -m venv --without-pip /venv \
 && python /build/infra/install.py --python /venv/bin/python --only-wheels requirements.txt
# Files of an image have times of their own; bytecode that is never checked against them is always used.
RUN rm /functions/*/*.whl /functions/*/requirements.txt \
 && python -m compileall -q -j 0 --invalidation-mode unchecked-hash /venv/lib /functions

FROM ${BASE}
ARG BASE
LABEL org.opencontainers.image.title="open-memory-bank" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.base.name="${BASE}"
RUN python -m pip uninstall --yes --root-user-action=ignore setuptools wheel pip
COPY --from=build /venv /venv
COPY --from=build /functions /functions
# functions-framework runs one process with THREADS threads. It must not be less than the service's concurrency, or
# requests wait unseen; 80 is Cloud Run's own default.
ENV PATH=/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PORT=8080 \
    THREADS=80
WORKDIR /functions
USER 65534:65534
CMD ["functions-framework"]
