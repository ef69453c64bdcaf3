import { createServer } from 'node:http';
import { z } from 'zod';

const Hex = (bytes: number) => z.string().regex(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const Nanoseconds = z.string().regex(/^\d{19}$/);
const Value = z.union([
  z.strictObject({ stringValue: z.string() }),
  z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
  z.strictObject({ doubleValue: z.number() }),
  z.strictObject({ boolValue: z.boolean() }),
]);
const Attributes = z
  .array(z.strictObject({ key: z.string().min(1), value: Value }))
  .transform((list) =>
    Object.fromEntries(list.map(({ key, value }) => [key, Object.values(value)[0]])),
  );
const Span = z.strictObject({
  traceId: Hex(16),
  spanId: Hex(8),
  parentSpanId: Hex(8).optional(),
  flags: z.number().int(),
  name: z.string().min(1),
  kind: z.number().int().min(1).max(5),
  startTimeUnixNano: Nanoseconds,
  endTimeUnixNano: Nanoseconds,
  attributes: Attributes,
  status: z.strictObject({ code: z.literal(2).optional() }),
});
/** ExportTraceServiceRequest, as OTLP's JSON has it. */
const Export = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: Attributes }),
      scopeSpans: z.array(
        z.strictObject({ scope: z.strictObject({ name: z.string() }), spans: z.array(Span) }),
      ),
    }),
  ),
});
export type CollectedSpan = z.infer<typeof Span> & { service: unknown };

export type Collector = {
  url: string;
  /** All that has come so far, as text. */
  text: () => string;
  /** Resolves with a trace's spans as soon as they are what is waited for. */
  trace: (
    traceId: string,
    complete: (spans: readonly CollectedSpan[]) => boolean,
  ) => Promise<CollectedSpan[]>;
  close: () => Promise<void>;
};

/** An OpenTelemetry collector that takes OTLP over HTTP in JSON, with the header `x-team: blue` only. */
export async function startCollector(): Promise<Collector> {
  const spans: CollectedSpan[] = [];
  const texts: string[] = [];
  const problems: string[] = [];
  let arrived = Promise.withResolvers<void>();
  const take = (body: string): void => {
    texts.push(body);
    const read = Export.safeParse(JSON.parse(body));
    if (!read.success) problems.push(read.error.message);
    for (const { resource, scopeSpans } of read.data?.resourceSpans ?? [])
      for (const each of scopeSpans.flatMap((scope) => scope.spans))
        spans.push({ ...each, service: resource.attributes['service.name'] });
    arrived.resolve();
    arrived = Promise.withResolvers<void>();
  };
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const expected =
        request.method === 'POST' &&
        request.url === '/v1/traces' &&
        request.headers['content-type'] === 'application/json' &&
        request.headers['x-team'] === 'blue';
      if (expected) take(Buffer.concat(chunks).toString());
      else problems.push(`${request.method} ${request.url}`);
      response.writeHead(expected ? 200 : 400, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    text: () => texts.join('\n'),
    trace: async (traceId, complete) => {
      for (;;) {
        if (problems.length > 0) throw new Error(`no OTLP: ${problems.join('; ')}`);
        const found = spans.filter((span) => span.traceId === traceId);
        if (complete(found)) return found;
        await arrived.promise;
      }
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
