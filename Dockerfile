# One image for every role: docker run IMAGE serve --role router
FROM python:3.11-slim AS build
WORKDIR /src
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/loket
COPY requirements.lock requirements-build.lock ./
RUN python -m venv /opt/build \
    && /opt/build/bin/pip install --no-deps --require-hashes -r requirements-build.lock \
    && /opt/loket/bin/pip install --no-deps --require-hashes -r requirements.lock
COPY . .
RUN /opt/build/bin/pip wheel --no-deps --no-build-isolation --wheel-dir /wheels . \
    && /opt/loket/bin/pip install --no-deps /wheels/*.whl

FROM python:3.11-slim
COPY --from=build /opt/loket /opt/loket
# A volume mounted on one of these folders takes over its owner.
RUN useradd --system --create-home --home-dir /var/lib/loket loket \
    && install --directory --owner loket /var/lib/loket/blobs /var/lib/loket/certificates /var/lib/loket/mail-key
USER loket
WORKDIR /var/lib/loket
ENV PATH=/opt/loket/bin:$PATH PYTHONUNBUFFERED=1
EXPOSE 8080 2525
ENTRYPOINT ["loket"]
CMD ["serve"]
