# syntax=docker/dockerfile:1

# --- the web page ---
FROM node:24-slim AS page
WORKDIR /page
COPY web/package.json web/package-lock.json web/.npmrc ./
RUN npm ci
COPY web/ ./
RUN npm run build

# --- the Python packages ---
FROM python:3.11-slim AS packages
# For a smaller image on Linux, pass the address of PyTorch's CPU-only wheels (pytorch.org names
# it); without it pip takes the CUDA build, which works on a CPU too but is several GB bigger.
ARG PIP_EXTRA_INDEX_URL=""
ENV PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/keepsake
COPY requirements.lock ./
RUN --mount=type=cache,target=/root/.cache/pip \
    /opt/keepsake/bin/pip install --quiet -r requirements.lock

# --- what runs ---
FROM python:3.11-slim
ENV PATH=/opt/keepsake/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    DATA_DIR=/data
RUN useradd --system --uid 10001 --create-home keepsake \
    && install --directory --owner=keepsake --group=keepsake --mode=0700 /data
WORKDIR /srv/keepsake
COPY --from=packages /opt/keepsake /opt/keepsake
COPY pyproject.toml README.md LICENSE ./
COPY backend/ backend/
COPY embeddings/ embeddings/
COPY migrations/ migrations/
COPY bench/ bench/
COPY deploy/ deploy/
COPY --from=page /page/dist/ web/dist/
RUN pip install --quiet --no-cache-dir --no-deps --no-build-isolation -e .
USER keepsake
EXPOSE 5000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=6 \
    CMD ["python", "deploy/api_alive.py"]
CMD ["keepsake", "serve"]
