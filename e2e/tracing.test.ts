import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startCollector, type Collector } from './testing/collector.ts';
import { type Deployment, startDeployment } from './testing/deployment.ts';
import { isAbout } from './testing/inspector-client.ts';
import { MessageView } from './testing/session.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const CALLER = '00f067aa0ba902b7';
const TO = '+15550100002';
const TEXT = 'nothing of this is in a span';
const STEPS = ['message.sent', 'message.delivered', 'message.read'];

describe('a deployment with a collector', () => {
  let collector: Collector;
  let deployment: Deployment;
  beforeAll(async () => {
    collector = await startCollector();
    deployment = await startDeployment({
      environment: {
        OTEL_EXPORTER_OTLP_ENDPOINT: collector.url,
        OTEL_EXPORTER_OTLP_HEADERS: 'x-team=blue',
        // Only callers who ask for it are traced.
        OTEL_TRACES_SAMPLER_ARG: '0',
      },
    });
  });
  afterAll(async () => {
    await deployment.dispose();
    await collector.close();
  });

  const send = async (headers: Record<string, string>): Promise<MessageView> => {
    const answer = await deployment.api.call('POST', '/v1/messages/text', {
      body: { to: TO, text: TEXT },
      headers: { prefer: 'wait=15', ...headers },
    });
    expect(answer.status).toBe(200);
    return answer.data(MessageView);
  };

  it('shows one trace from the call through runner and wire id to each webhook attempt', async () => {
    const { id, wireId } = await send({ traceparent: `00-${TRACE}-${CALLER}-01` });
    const spans = await collector.trace(
      TRACE,
      (found) => found.filter(({ name }) => name === 'webhook attempt').length === STEPS.length,
    );
    const one = (name: string, type?: string) => {
      const found = spans.filter(
        (span) =>
          span.name === name &&
          (type === undefined || span.attributes['waypost.event.type'] === type),
      );
      expect(found, `${name} ${type}`).toHaveLength(1);
      return found[0];
    };
    const request = one('POST /v1/messages/text');
    expect(request).toMatchObject({ parentSpanId: CALLER, service: 'waypost-edge', kind: 2 });
    expect(request?.attributes).toMatchObject({ 'http.response.status_code': '200' });
    const command = one('command doorbell');
    expect(command).toMatchObject({ parentSpanId: request?.spanId, service: 'waypost-edge' });
    expect(one('runner doorbell')).toMatchObject({
      parentSpanId: command?.spanId,
      service: 'waypost-runner',
    });
    const sent = one('send');
    expect(sent).toMatchObject({ parentSpanId: request?.spanId, service: 'waypost-runner' });
    expect(sent?.attributes).toMatchObject({
      'waypost.message.id': id,
      'waypost.wire.id': wireId,
      'waypost.outcome': 'sent',
    });
    for (const type of STEPS) {
      const event = one(`event ${type}`);
      expect(event).toMatchObject({ parentSpanId: sent?.spanId, service: 'waypost-edge' });
      expect(event?.attributes).toMatchObject({ 'waypost.wire.id': wireId });
      const attempt = one('webhook attempt', type);
      expect(attempt).toMatchObject({ parentSpanId: event?.spanId, kind: 3, status: {} });
      expect(attempt?.attributes).toMatchObject({
        'http.response.status_code': '200',
        'waypost.webhook.attempt': '1',
        'waypost.outcome': 'delivered',
        'waypost.message.id': id,
        'waypost.wire.id': wireId,
      });
      const received = await deployment.inspector.waitFor(
        'sandbox',
        type,
        (each) => each.event.type === type && isAbout(id)(each),
      );
      expect(received.headers['traceparent']).toBe(`00-${TRACE}-${attempt?.spanId}-01`);
    }
    expect(spans).toHaveLength(4 + 2 * STEPS.length);
    for (const secret of [TEXT, TO.slice(1), 'wp_test_', 'wp_live_'])
      expect(collector.text()).not.toContain(secret);
  });

  it('sends as ever while the collector is away, and traces nobody who did not ask', async () => {
    const known = collector.text();
    await send({});
    await send({ traceparent: `00-${TRACE.replace('4', '5')}-${CALLER}-00` });
    await send({ traceparent: 'no traceparent' });
    await collector.close();
    const { id } = await send({ traceparent: `00-${TRACE.replace('4', '6')}-${CALLER}-01` });
    await deployment.inspector.waitFor(
      'sandbox',
      'message.read',
      (each) => each.event.type === 'message.read' && isAbout(id)(each),
    );
    expect(collector.text()).toBe(known);
  });
});
