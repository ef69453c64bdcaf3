import { type Attributes, otlpTraces, type Span } from './otlp.ts';
import { otlpHeaders } from './settings.ts';

/** Spans that wait for the collector; further ones are dropped. About 1 MB. */
const MOST_WAITING = 2_048;
const BATCH = 512;
/** A batch is gathered for this long. */
const GATHER_MS = 1_000;
const TIMEOUT_MS = 5_000;
/** The collector is left alone for this long after a failure. */
const PAUSE_MS = 10_000;
/** What the collector may take later: https://opentelemetry.io/docs/specs/otlp/#otlphttp-response. */
const LATER = new Set([429, 502, 503, 504]);

type ExporterOptions = {
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: the collector, without `/v1/traces`. */
  endpoint: string;
  /** `OTEL_EXPORTER_OTLP_HEADERS`. */
  headers: string;
  resource: Attributes;
  send: (url: string, init: RequestInit) => Promise<Response>;
  sleep: (ms: number) => Promise<void>;
  now: () => number;
  log: (event: string, fields: Record<string, unknown>) => void;
};

/**
 * Sends spans to a collector in batches, beside the work that they are of. While the collector is away a bounded number waits;
 * the rest is dropped and counted. Nothing waits for it and nothing fails by it.
 */
export class SpanExporter {
  readonly #options: ExporterOptions;
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  #waiting: Span[] = [];
  #dropped = 0;
  #untold = 0;
  /** Nobody begins to send before this. Set ahead of the work: an isolate may end it without a word. */
  #notBefore = 0;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#url = `${options.endpoint.replace(/\/+$/, '')}/v1/traces`;
    this.#headers = otlpHeaders(options.headers) ?? {};
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  get dropped(): number {
    return this.#dropped;
  }

  /** @param keepAlive is handed the work that sends what waits, when this span begins it */
  add(span: Span, keepAlive: (work: Promise<void>) => void): void {
    if (this.#waiting.length >= MOST_WAITING) this.#drop(1);
    else this.#waiting.push(span);
    const now = this.#options.now();
    if (now < this.#notBefore) return;
    this.#notBefore = now + GATHER_MS + TIMEOUT_MS;
    keepAlive(this.#options.sleep(GATHER_MS).then(() => this.flush()));
  }

  /** Sends what waits. Never rejects. */
  async flush(): Promise<void> {
    while (this.#waiting.length > 0) {
      this.#notBefore = this.#options.now() + TIMEOUT_MS;
      const batch = this.#waiting.splice(0, BATCH);
      const failure = await this.#post(batch);
      if (failure === null) continue;
      this.#notBefore = this.#options.now() + PAUSE_MS;
      this.#failed(batch, failure);
      return;
    }
    this.#notBefore = 0;
  }

  #failed(batch: Span[], { reason, retry }: Failure): void {
    const back = retry ? batch.slice(0, MOST_WAITING - this.#waiting.length) : [];
    this.#waiting = [...back, ...this.#waiting];
    this.#drop(batch.length - back.length);
    const { log } = this.#options;
    log('spans_not_sent', { reason, waiting: this.waiting, dropped: this.#untold });
    this.#untold = 0;
  }

  #drop(number: number): void {
    this.#dropped += number;
    this.#untold += number;
  }

  /** @returns null when the collector took them */
  async #post(batch: readonly Span[]): Promise<Failure | null> {
    const { resource, send } = this.#options;
    try {
      const response = await send(this.#url, {
        method: 'POST',
        headers: { ...this.#headers, 'content-type': 'application/json' },
        body: JSON.stringify(otlpTraces(resource, batch)),
        signal: AbortSignal.timeout(TIMEOUT_MS),
        redirect: 'manual',
      });
      await response.body?.cancel();
      if (response.ok) return null;
      return { reason: `HTTP ${response.status}`, retry: LATER.has(response.status) };
    } catch (error) {
      return { reason: error instanceof Error ? error.message : String(error), retry: true };
    }
  }
}

type Failure = { reason: string; retry: boolean };
