# The bot in a container: see docs/deploying.md. Nothing secret is in it; its data is in the volume /data.

FROM python:3.11-slim-trixie AS build
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /source
COPY pyproject.toml requirements.lock ops/runtime_lock.py ./
# What only tests need stays out; every package is checked against its hash.
RUN python -m venv /app \
 && python runtime_lock.py > runtime.lock \
 && /app/bin/pip install --require-hashes -r runtime.lock
COPY README.md LICENSE ./
COPY bot bot
COPY handlers handlers
COPY knowledge knowledge
RUN /app/bin/pip install --no-deps --no-build-isolation . \
 && /app/bin/pip uninstall --yes setuptools pip

FROM python:3.11-slim-trixie
# For bot backup and bot restore: the client of the version that this Debian has, and so the server's in compose.yaml.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends postgresql-client-17 \
 && rm -rf /var/lib/apt/lists/*
RUN groupadd --gid 10001 bot \
 && useradd --uid 10001 --gid bot --no-create-home --home-dir /data --shell /usr/sbin/nologin bot \
 && install --directory --owner bot --group bot --mode 0700 /data /backups
COPY --from=build /app /app
ENV PATH=/app/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    BOT_HOST=0.0.0.0 \
    BOT_DATABASE_URL=sqlite:////data/bot.sqlite3 \
    BOT_INDEX_FOLDER=/data/index
WORKDIR /data
USER 10001:10001
VOLUME /data
EXPOSE 8000
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
CMD ["bot", "run"]
