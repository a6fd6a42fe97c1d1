FROM python:3.12-slim AS build
WORKDIR /source
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
RUN python -m venv /opt/digitnet \
 && /opt/digitnet/bin/pip install --no-cache-dir '.[serve]'

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 digitnet
COPY --from=build /opt/digitnet /opt/digitnet
USER digitnet
WORKDIR /home/digitnet
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s CMD \
  ["/opt/digitnet/bin/python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/healthz', timeout=4)"]
ENTRYPOINT ["/opt/digitnet/bin/digitnet", "serve", "--host", "0.0.0.0"]
