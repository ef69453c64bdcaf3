import type { Span } from '../../shared/tracing/otlp.ts';
import { SpanExporter } from '../../shared/tracing/span-exporter.ts';
import {
  childOf,
  parseTraceparent,
  sendSpanId,
  type TraceContext,
} from '../../shared/tracing/trace-context.ts';
import { type Clock, sleep } from '../clock.ts';
import { withDeadline } from '../deadline.ts';
import type { RunnerEnv } from '../env.ts';
import type { Log } from '../log.ts';
import type { Settlement } from '../session/settlements.ts';

/** Sends under way of which a span is to be made; of more, the oldest has none. */
const MOST_OPEN = 1_000;

type OpenSend = Omit<Span, 'endedAt' | 'failed'>;
type CommandCall = { traceparent: string | undefined; name: string; sessionId: string };
type Begun = { messageId: string; sessionId: string; wireId: string; trace: string | undefined };

/** The runner's part in the traces of calls: its commands and its sends. Does nothing where no collector is configured. */
export class Tracing {
  readonly #exporter: SpanExporter | null;
  readonly #clock: Clock;
  readonly #sends = new Map<string, OpenSend>();

  constructor(exporter: SpanExporter | null, clock: Clock) {
    this.#exporter = exporter;
    this.#clock = clock;
  }

  /** A message is about to be handed to the engine. */
  sendBegan({ messageId, sessionId, wireId, trace }: Begun): void {
    const call = trace === undefined ? null : sampledIn(trace);
    if (this.#exporter === null || call === null) return;
    this.#sends.set(messageId, {
      ...childOf(call, sendSpanId(messageId)),
      name: 'send',
      kind: 'consumer',
      startedAt: this.#clock.now(),
      attributes: {
        'waypost.session.id': sessionId,
        'waypost.message.id': messageId,
        'waypost.wire.id': wireId,
      },
    });
    const [oldest] = this.#sends.keys();
    if (this.#sends.size > MOST_OPEN && oldest !== undefined) this.#sends.delete(oldest);
  }

  /** It was turned away and goes back into the queue: what its events follow is a later send. */
  sendTurnedAway(messageId: string): void {
    const send = this.#sends.get(messageId);
    if (send === undefined) return;
    this.#sends.set(messageId, { ...send, spanId: childOf(send).spanId });
    this.#end(messageId, 'turned_away');
  }

  /** @returns the id of its trace, for the log */
  settled({ messageId, outcome }: Settlement): string | undefined {
    return this.#end(messageId, outcome);
  }

  /** Does a command of the edge as a span below the edge's own. */
  async command<Result extends { status: number }>(
    { traceparent, name, sessionId }: CommandCall,
    work: () => Promise<Result>,
  ): Promise<Result> {
    const exporter = this.#exporter;
    const call = exporter === null || traceparent === undefined ? null : sampledIn(traceparent);
    if (exporter === null || call === null) return work();
    const startedAt = this.#clock.now();
    const attributes = { 'waypost.session.id': sessionId };
    const end = (failed: boolean): void => {
      const endedAt = this.#clock.now();
      this.#add({ ...childOf(call), name, kind: 'server', startedAt, endedAt, attributes, failed });
    };
    try {
      const result = await work();
      end(result.status >= 500);
      return result;
    } catch (error) {
      end(true);
      throw error;
    }
  }

  /** Sends what waits, for up to `waitMs`. Never rejects. */
  async close(waitMs: number): Promise<void> {
    for (const messageId of this.#sends.keys()) this.#end(messageId, 'unsettled');
    if (this.#exporter === null) return;
    const flushed = withDeadline(this.#exporter.flush(), waitMs, 'the last spans', this.#clock);
    await flushed.catch(() => undefined);
  }

  #end(messageId: string, outcome: string): string | undefined {
    const send = this.#sends.get(messageId);
    if (send === undefined) return undefined;
    this.#sends.delete(messageId);
    const attributes = { ...send.attributes, 'waypost.outcome': outcome };
    const failed = outcome !== 'sent';
    this.#add({ ...send, attributes, endedAt: this.#clock.now(), failed });
    return send.traceId;
  }

  #add(span: Span): void {
    this.#exporter?.add(span, () => undefined);
  }
}

function sampledIn(traceparent: string): TraceContext | null {
  const call = parseTraceparent(traceparent);
  return call?.sampled === true ? call : null;
}

/** The runner's tracing, by its environment. No I/O. */
export function createTracing(
  env: Pick<RunnerEnv, 'RUNNER_ID' | 'OTEL_EXPORTER_OTLP_ENDPOINT' | 'OTEL_EXPORTER_OTLP_HEADERS'>,
  { clock, log }: { clock: Clock; log: Log },
): Tracing {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint, OTEL_EXPORTER_OTLP_HEADERS: headers } = env;
  if (endpoint === undefined) return new Tracing(null, clock);
  const exporter = new SpanExporter({
    endpoint,
    headers,
    resource: {
      'service.namespace': 'waypost',
      'service.name': 'waypost-runner',
      'service.instance.id': env.RUNNER_ID,
    },
    send: (url, init) => fetch(url, init),
    sleep: (ms) => sleep(clock, ms),
    now: () => clock.now(),
    log: (event, fields) => log.warn(`tracing.${event}`, fields),
  });
  return new Tracing(exporter, clock);
}
