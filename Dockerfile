# The service in a container.  docker build -t classify-news . && docker run -e CLASSIFY_NEWS_TOKEN=... -p 8765:8765 classify-news
FROM python:3.12-slim AS build
RUN apt-get update && apt-get install -qy --no-install-recommends gcc libc6-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY pyproject.toml constraints.txt README.md LICENSE ./
COPY model model
COPY training training
COPY artifacts/default artifacts/default
RUN python -m venv /opt/venv && /opt/venv/bin/pip install --no-cache-dir --constraint constraints.txt '.[serve]'

FROM python:3.12-slim
RUN useradd --create-home --uid 10001 news && mkdir /corrections && chown news /corrections
COPY --from=build /opt/venv /opt/venv
USER news
WORKDIR /corrections
ENV PATH=/opt/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1
EXPOSE 8765
VOLUME /corrections
HEALTHCHECK --interval=30s --timeout=5s --start-period=20s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8765/healthz', timeout=4)"]
# It serves beyond the container, so it doesn't start without CLASSIFY_NEWS_TOKEN.
ENTRYPOINT ["classify-news", "serve", "--host", "0.0.0.0"]
CMD ["--corrections", "/corrections/corrections.jsonl"]
